import { Module } from '@nestjs/common';
import { JsonSchemas } from './json-schemas.service.js';

@Module({ providers: [JsonSchemas], exports: [JsonSchemas] })
export class JsonSchemasModule {}
