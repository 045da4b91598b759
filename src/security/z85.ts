const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

/**
 * Decode Z85, four bytes in five characters; undefined if the text is not Z85.
 *
 * @see https://rfc.zeromq.org/spec/32/
 */
export function decodeZ85(text: string): Buffer | undefined {
  if (text.length % 5 !== 0) return undefined;
  const bytes = Buffer.alloc((text.length / 5) * 4);
  for (let start = 0; start < text.length; start += 5) {
    const digits = [...text.slice(start, start + 5)].map((character) => DIGITS.indexOf(character));
    const value = digits.reduce((sum, digit) => 85 * sum + digit, 0);
    if (digits.includes(-1) || value >= 2 ** 32) return undefined;
    bytes.writeUInt32BE(value, (start / 5) * 4);
  }
  return bytes;
}
