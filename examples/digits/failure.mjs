// What is wrong on the user's side: shown as one line, exit status 2.

export class Failure extends Error {
  /**
   * @param {string} file the file or folder at fault
   * @param {string} expected what should have been there
   * @param {string} found what is there
   */
  static inFile(file, expected, found) {
    return new Failure(`${file}: expected ${expected}, found ${found}`);
  }
}

/** The reason of a failed file operation in words. */
export function reasonOf(error) {
  const reasons = {
    ENOENT: "no such file",
    ENOTDIR: "a file where a folder should be",
    EISDIR: "a folder",
    EACCES: "a file that may not be read or written",
    EROFS: "a read-only file system",
    ENOSPC: "a full disk",
  };
  return reasons[error.code] ?? error.message;
}
