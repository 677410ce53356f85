declare module 'fs-native-extensions' {
  /** An exclusive lock on the whole file, held until the descriptor is closed; false where another holds it. */
  export function tryLock(fileDescriptor: number): boolean;
}
