/* global __filename */
// Node loads this ES module for a package that requires it; Jest does so only on Node 24.9 and later. So Node does it here.
const { createRequire } = process.getBuiltinModule('node:module');

module.exports = createRequire(__filename)('content-disposition');
