/*
 * Finds the status and the end of HTTP answers that come one at a time, in whatever pieces they arrive. Pure.
 */

const HEAD_END = '\r\n\r\n';

/** Reads one answer after the other. */
export class AnswerReader {
  #text = '';

  /**
   * The next piece of an answer.
   *
   * @returns the status once the answer is whole
   * @throws when it says no content-length
   */
  read(bytes: Buffer): number | undefined {
    // As latin1 each byte is one character, which is what content-length counts.
    this.#text += bytes.toString('latin1');
    const headEnd = this.#text.indexOf(HEAD_END);
    if (headEnd < 0) return undefined;
    const head = this.#text.slice(0, headEnd);
    const [, length] = /\r\ncontent-length: *(\d+)/i.exec(head) ?? [];
    if (length === undefined) throw new Error(`an answer without a content-length: ${head}`);
    const end = headEnd + HEAD_END.length + Number(length);
    if (this.#text.length < end) return undefined;
    this.#text = this.#text.slice(end);
    return Number(head.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length));
  }
}
