/**
 * Every error code, with its cause and a remedy. A code begins with its class: the part that must act. Codes are never
 * reused for something else.
 *
 * `docs/errors.md` is this table for readers; a test compares the two.
 */
export const ERROR_CODES = {
  CONFIGURATION_NOT_READABLE: {
    cause:
      "The configuration file does not exist, is a folder, a pipe or a device, is too large, or cannot be read.",
    remedy:
      "Give the path of a readable YAML file with -c. You can start from a copy of monitor.yaml.example.",
  },
  CONFIGURATION_EMPTY: {
    cause: "The configuration file holds no YAML document.",
    remedy: "Start from monitor.yaml.example.",
  },
  CONFIGURATION_SYNTAX: {
    cause:
      "The configuration file is not valid YAML: tabs, a duplicate key, an unclosed bracket, or aliases that refer to themselves.",
    remedy: "Correct the line in the message. Indent with spaces.",
  },
  CONFIGURATION_NOT_A_MAP: {
    cause: "The file has a list or a single value where a group or parameters are expected.",
    remedy: "Write `group:` and, indented below it, `parameter: value`.",
  },
  CONFIGURATION_MISSING_KEY: {
    cause: "A required parameter is missing.",
    remedy: "Add the key in the message.",
  },
  CONFIGURATION_WRONG_TYPE: {
    cause: "A parameter has a value of the wrong type, such as text instead of a number.",
    remedy: "Write a value of the type in the message. A number in quotes is text.",
  },
  CONFIGURATION_BAD_VALUE: {
    cause: "A parameter has the right type, but an invalid value.",
    remedy: "Choose a value in the range given in the message.",
  },
  STREAM_BAD_SOURCE: {
    cause: "The source is neither a list of a detector's ports nor one receiver that pairs them.",
    remedy:
      "Write tcp://HOST:PORT for each receiver stream, separated by commas, or pairs+tcp://HOST:PORT for one receiver that pairs them.",
  },
  STREAM_UNKNOWN_HOST: {
    cause:
      "The host name of a stream's address cannot be resolved at start-up. (While running, the monitor keeps trying.)",
    remedy: "Correct the name, or write the IP address.",
  },
  STREAM_BAD_MESSAGE: {
    cause:
      "A message has the wrong number of parts, a payload whose size does not match its header, or comes from an " +
      "slsFrameSynchronizer.",
    remedy:
      "Correct the address: it must be the ZMQ port of a JUNGFRAU's slsReceiver. The message is counted as malformed.",
  },
  STREAM_BAD_HEADER: {
    cause: "A message's header is not JSON, or a field is missing or of the wrong type.",
    remedy:
      "Correct the address: it must be the ZMQ port of a JUNGFRAU's slsReceiver. The message is counted as malformed.",
  },
  STREAM_BAD_PICKLE: {
    cause: "A message is not a pickle of plain values, or not a pair of JUNGFRAU module frames.",
    remedy:
      "Check that the address is that of OM's jungfrau_zmq_receiver. The message is counted as malformed.",
  },
  STREAM_UNSUPPORTED_FRAME: {
    cause:
      "A frame does not come from a JUNGFRAU 1M in 16-bit mode: its shape, bit mode or position differs.",
    remedy: "Check detector, detsize and number of interfaces. The message is counted as malformed.",
  },
  STREAM_FAILED: {
    cause: "A stream's socket failed.",
    remedy: "Read the reason in the message, then restart the monitor.",
  },
  STREAM_KEY_FILE: {
    cause: "A CURVE key file cannot be read or written, or contains no key.",
    remedy: "Make a key pair with `om-jungfrau keygen NAME`.",
  },
  STREAM_HANDLER_TAKEN: {
    cause:
      "Access is restricted to listed clients, but another ZAP handler already runs in this process; only one is " +
      "possible.",
    remedy: "Run one of the two in a separate process.",
  },
  STREAM_CANNOT_LISTEN: {
    cause: "The receiver cannot listen on its address: it is in use, or does not belong to this machine.",
    remedy: "Choose an address of this machine and a free port, or port 0 for any free one.",
  },
  CALIBRATION_FILE_COUNT: {
    cause:
      "The number of constants files differs from the number of modules, and no single file contains all of them.",
    remedy: "Name two files, top module first, or one file for both modules.",
  },
  CALIBRATION_FILE_NOT_READABLE: {
    cause:
      "A constants file, or a file that it refers to, does not exist, is a folder, a pipe or a device, is empty, or cannot be " +
      "read.",
    remedy:
      "Check the name: relative names refer to the configuration file's folder. Make the file readable for the user who runs the monitor.",
  },
  CALIBRATION_DAMAGED: {
    cause: "A constants file is truncated, or its data cannot be decompressed.",
    remedy: "Copy the file again.",
  },
  CALIBRATION_FORMAT: {
    cause: "The format of a constants file is not supported: its kind, dataset, number type or compression.",
    remedy:
      "Name another file, or convert it as the message describes. docs/constants-files.md lists the supported files.",
  },
  CALIBRATION_SHAPE: {
    cause: "The size of a constants file, or the shape or number of its maps, does not fit a JUNGFRAU 1M.",
    remedy: "Name files of 512 × 1024 pixels per module, with one map per gain stage.",
  },
  CALIBRATION_VALUES: {
    cause:
      "The values of a constants file are not pedestals, gains in ADU/keV or a mask, or all of them are missing.",
    remedy: "Name another file, or convert it as the message describes.",
  },
  CALIBRATION_EXCHANGED: {
    cause:
      "Constants files are swapped: dark and gain files, or the files of the two modules. Or both modules have the same " +
      "file.",
    remedy: "Swap the names in the message. Name one file per module, top module first.",
  },
  CALIBRATION_NO_SIMD: {
    cause: "The SIMD kernel was requested, but this machine cannot run it.",
    remedy: "Unset OM_JUNGFRAU_KERNEL, or set it to scalar.",
  },
  RECORDING_NOT_READABLE: {
    cause:
      "A recording, or a file that belongs to it, does not exist, is not a regular file, or cannot be read.",
    remedy: "Check the name, and copy the files of a run together: master and data files in one folder.",
  },
  RECORDING_FORMAT: {
    cause:
      "A file is not a supported recording of a JUNGFRAU 1M: its format, detector, shape or compression differs.",
    remedy: "Name a file in one of the formats in docs/recordings.md.",
  },
  RECORDING_DAMAGED: {
    cause: "A recording is so truncated or damaged that no frame can be read.",
    remedy: "Copy the file again.",
  },
  RECORDING_NO_EVENT: {
    cause:
      "A recording has no exposure with the requested event id, or in the requested range of frame numbers.",
    remedy: "Request a frame number in the recorded range, which the message gives.",
  },
  RECORDING_CANNOT_WRITE: {
    cause: "A recording cannot be written: the folder is not writable, or the disk is full.",
    remedy: "Free space, or choose another folder with --out. Frames that were already written can be read.",
  },
  HOST_BAD_MANIFEST: {
    cause: "A plugin manifest cannot be read, or does not match schema/plugin-manifest.schema.json.",
    remedy: "Correct the fields in the message.",
  },
  HOST_INCOMPATIBLE: {
    cause:
      "A plugin requires another version of Node.js or of the contract, or a service that the host does not have.",
    remedy: "Install the version in the message, or use a host that provides the service.",
  },
  HOST_PLUGIN_FAILED: {
    cause:
      "A plugin's module cannot be imported, is not a plugin, or does not register what its manifest lists.",
    remedy: "Read the reason in the message, or reinstall the plugin.",
  },
  HOST_NAME_TAKEN: {
    cause: "Two plugins have the same id, or register the same name.",
    remedy: "Remove one of them from om.plugins.",
  },
  HOST_UNKNOWN_NAME: {
    cause: "The configuration names something that no plugin provides.",
    remedy: "Use one of the names listed in the message.",
  },
  HOST_OUTPUT_FAILED: {
    cause: "A requested file, or standard output, cannot be written.",
    remedy: "Check that the folder exists and is writable, and that the disk is not full.",
  },
  HOST_VIEW_TOKEN: {
    cause: "The token file of the live view cannot be read or created, or contains no token.",
    remedy:
      "Give --view-token-file the name of a new file, which is then created, or a file with 16 or more letters, digits, - and _.",
  },
  HOST_NATS_CREDENTIALS: {
    cause: "The file with the credentials for NATS cannot be read, or contains none.",
    remedy: "Write one line, USER:PASSWORD or a token, or use a .creds file of NATS.",
  },
  HOST_CANNOT_LISTEN: {
    cause:
      "The address of metrics or live view is not HOST:PORT, is in use, or does not belong to this machine.",
    remedy: "Choose an address of this machine and a free port, or port 0 for any free one.",
  },
  HOST_NOT_INITIALIZED: {
    cause:
      "Events or data were requested before the event handler was initialised, or while another generator was running.",
    remedy: "Call initializeEventHandlingOnProcessingNode first, and end one generator before the next.",
  },
  HOST_EVENT_CLOSED: {
    cause: "Data of an event were requested after closeEvent, which frees its memory.",
    remedy: "Extract the data between openEvent and closeEvent.",
  },
  HOST_NO_SINGLE_EVENTS: {
    cause: "A single event was requested by its identifier, but a stream has no past events.",
    remedy: "Request single events from recordings.",
  },
  SIMULATOR_CANNOT_LISTEN: {
    cause: "The simulated detector cannot listen on the address.",
    remedy: "Choose a free port, or 0 for any free one.",
  },
  SIMULATOR_CANNOT_WRITE: {
    cause:
      "The simulated detector cannot write its files, or would overwrite a configuration that it did not write.",
    remedy: "Choose another folder with --out.",
  },
  SIMULATOR_FAILED: {
    cause: "The simulated detector of the demo ended unexpectedly.",
    remedy: "Read its last messages, or run `om-jungfrau simulate` alone.",
  },
  MANY_FAULTS: {
    cause: "There are several errors; the message lists them all.",
    remedy: "Correct them in any order.",
  },
} as const;

/** A key of {@link ERROR_CODES}. */
export type ErrorCode = keyof typeof ERROR_CODES;
