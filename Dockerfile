# syntax=docker/dockerfile:1

FROM node:24-trixie-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# No package needs its install script, and some would download what is not needed.
RUN npm ci --ignore-scripts
COPY nest-cli.json tsconfig.json tsconfig.build.json .swcrc schema.graphql ./
COPY scripts scripts
COPY src src
COPY console console
RUN npm run build

FROM node:24-trixie-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Optional are what other packages could make use of, Prisma's command line above all: half of the image.
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM node:24-trixie-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 DATA_DIR=/data
WORKDIR /app
# Owned by root: the server can read its code and change none of it. Its data is its own.
RUN install --directory --owner=1000 --group=1000 --mode=0700 /data
COPY package.json ./
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY prisma prisma
COPY scripts scripts
# The image's user `node`, as a number: Kubernetes' runAsNonRoot cannot tell who a name is.
USER 1000
VOLUME /data
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Not npm: it would not pass SIGTERM on.
CMD ["node", "--enable-source-maps", "dist/main.js"]
