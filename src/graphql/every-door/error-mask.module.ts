import { Module } from '@nestjs/common';
import { ErrorMask } from './error-mask.js';

@Module({ providers: [ErrorMask], exports: [ErrorMask] })
export class ErrorMaskModule {}
