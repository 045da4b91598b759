import type { Output, OutputOptions } from "./output.js";
import { PushOutput } from "./push-output.js";
import { TcpOutput } from "./tcp-output.js";

/** @throws {StreamError} STREAM_CANNOT_LISTEN, STREAM_HANDLER_TAKEN */
export function openOutput({ keys, ...options }: OutputOptions): Promise<Output> {
  return keys === undefined ? TcpOutput.listen(options) : PushOutput.bind({ ...options, keys });
}
