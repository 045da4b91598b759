/**
 * Every error code: what causes it and what mends it. It begins with its class: who is to mend it. A code is never
 * reused for something else.
 *
 * `docs/errors.md` is this table for readers; a test compares the two.
 */
export const ERROR_CODES = {
  CONFIGURATION_NOT_READABLE: {
    cause:
      "The configuration file does not exist, is a folder, a pipe or a device, is too large, or may not be read.",
    mend: "Give the path of a readable YAML file with -c. A copy of monitor.yaml.example is a good start.",
  },
  CONFIGURATION_EMPTY: {
    cause: "The configuration file holds no YAML document.",
    mend: "Start from monitor.yaml.example.",
  },
  CONFIGURATION_SYNTAX: {
    cause:
      "The configuration file is not YAML: tabs, a key that stands twice, a bracket that is not closed. Or its aliases repeat it without end.",
    mend: "Correct the line that the message names. Indent with spaces.",
  },
  CONFIGURATION_NOT_A_MAP: {
    cause: "A list or a single value stands where groups or parameters belong.",
    mend: "Write `group:` and below it, indented, `parameter: value`.",
  },
  CONFIGURATION_MISSING_KEY: {
    cause: "A parameter that is needed is absent.",
    mend: "Add the key that the message names.",
  },
  CONFIGURATION_WRONG_TYPE: {
    cause: "A parameter has a value of another type, such as text for a number.",
    mend: "Write a value of the type that the message names. Quotes make text of a number.",
  },
  CONFIGURATION_BAD_VALUE: {
    cause: "A parameter has the right type, but a value that makes no sense.",
    mend: "Choose a value in the range that the message names.",
  },
  STREAM_BAD_SOURCE: {
    cause: "The source does not name a detector's ports, or one receiver that pairs them.",
    mend: "Write tcp://HOST:PORT for each receiver stream, separated by commas, or pairs+tcp://HOST:PORT for one receiver that pairs them.",
  },
  STREAM_UNKNOWN_HOST: {
    cause:
      "The host name of a stream's address cannot be resolved at start-up. Later it is tried again and again.",
    mend: "Correct the name, or write the IP address.",
  },
  STREAM_BAD_MESSAGE: {
    cause:
      "A message has too many or too few parts, a payload of another size than its header says, or comes from an " +
      "slsFrameSynchronizer.",
    mend: "Correct the address: it must be the ZMQ port of a JUNGFRAU's slsReceiver. The message is counted as malformed.",
  },
  STREAM_BAD_HEADER: {
    cause: "A message's header is not JSON, or a field is missing or of the wrong type.",
    mend: "Correct the address: it must be the ZMQ port of a JUNGFRAU's slsReceiver. The message is counted as malformed.",
  },
  STREAM_BAD_PICKLE: {
    cause: "A message is not a pickle of plain values, or not one of a pair of JUNGFRAU module frames.",
    mend: "Check that the address is the one of OM's jungfrau_zmq_receiver. The message is counted as malformed.",
  },
  STREAM_UNSUPPORTED_FRAME: {
    cause: "A frame is not one of a JUNGFRAU 1M in 16 bits: another shape, bit mode or position.",
    mend: "Check detector, detsize and number of interfaces. The message is counted as malformed.",
  },
  STREAM_FAILED: {
    cause: "A stream's socket failed.",
    mend: "Read the message's reason, then start the monitor again.",
  },
  STREAM_KEY_FILE: {
    cause: "A file of CURVE keys cannot be read or written, or holds no key.",
    mend: "Make a key pair with `om-jungfrau keygen NAME`.",
  },
  STREAM_HANDLER_TAKEN: {
    cause:
      "Chosen clients are to be let in alone, and something else in the process answers for ZeroMQ who is let in: there can be " +
      "one that does.",
    mend: "Run one of the two in a process of its own.",
  },
  STREAM_CANNOT_LISTEN: {
    cause: "The receiver cannot listen on its address: it is in use, or not one of this machine.",
    mend: "Choose an address of this machine and a free port, or port 0 for any.",
  },
  CALIBRATION_FILE_COUNT: {
    cause: "The number of constants files is not the number of modules, and no single file holds them all.",
    mend: "Name two files, in module order: top module first. Or one that holds both modules.",
  },
  CALIBRATION_FILE_NOT_READABLE: {
    cause:
      "A constants file, or one that it takes numbers from, does not exist, is a folder, a pipe or a device, is empty, or may not be " +
      "read.",
    mend: "Check the name: relative names start at the configuration file's folder. Make the file readable for whoever runs the monitor.",
  },
  CALIBRATION_DAMAGED: {
    cause: "A constants file is cut short, or its data cannot be unpacked.",
    mend: "Copy the file again.",
  },
  CALIBRATION_FORMAT: {
    cause:
      "A constants file is in a format that is not read: another kind of file, dataset, number type or compression.",
    mend: "Name another file, or convert it as the message says. docs/constants-files.md lists what is read.",
  },
  CALIBRATION_SHAPE: {
    cause:
      "A constants file has another size, or its maps another shape or number, than those of a JUNGFRAU 1M.",
    mend: "Name files of 512 × 1024 pixels per module, with a map for each gain stage.",
  },
  CALIBRATION_VALUES: {
    cause:
      "The values of a constants file are not pedestals, gains in ADU/keV or a mask, or all of them are missing.",
    mend: "Name another file, or convert it as the message says.",
  },
  CALIBRATION_EXCHANGED: {
    cause:
      "Constants files are named in each other's place: dark and gain files, or those of the modules; or both modules have one " +
      "file.",
    mend: "Exchange the names that the message gives. Name one file per module, top module first.",
  },
  CALIBRATION_NO_SIMD: {
    cause: "The SIMD kernel was asked for, and this machine cannot run it.",
    mend: "Leave OM_JUNGFRAU_KERNEL out, or set it to scalar.",
  },
  RECORDING_NOT_READABLE: {
    cause:
      "A recording, or a file that belongs to it, does not exist, is no regular file, or may not be read.",
    mend: "Check the name, and copy the files of a run together: master and data files in one folder.",
  },
  RECORDING_FORMAT: {
    cause:
      "A file is no recording of a JUNGFRAU 1M that is read: another format, detector, shape or compression.",
    mend: "Name a file of a format that docs/recordings.md lists.",
  },
  RECORDING_DAMAGED: {
    cause: "A recording is cut or damaged so that no frame of it can be read.",
    mend: "Copy the file again.",
  },
  RECORDING_NO_EVENT: {
    cause:
      "A recording has no exposure with the event id, or in the range of frame numbers, that was asked for.",
    mend: "Ask for a frame number that the message names as recorded.",
  },
  RECORDING_CANNOT_WRITE: {
    cause: "A recording cannot be written: the folder does not allow it, or the disk is full.",
    mend: "Make room, or choose another folder with --out. What was written before can be read.",
  },
  HOST_BAD_MANIFEST: {
    cause:
      "A plugin manifest cannot be read or does not have the form of schema/plugin-manifest.schema.json.",
    mend: "Correct the fields that the message names.",
  },
  HOST_INCOMPATIBLE: {
    cause:
      "A plugin needs another version of Node.js or of the monitor's contract, or a service that the host lacks.",
    mend: "Install the version that the message names, or use a host that provides the service.",
  },
  HOST_PLUGIN_FAILED: {
    cause:
      "A plugin's entry cannot be imported, is not a plugin, or does not register what its manifest promises.",
    mend: "Install the plugin again, or read the reason in the message.",
  },
  HOST_NAME_TAKEN: {
    cause: "Two plugins have the same id, or register the same name.",
    mend: "Remove one of them from om.plugins.",
  },
  HOST_UNKNOWN_NAME: {
    cause: "The configuration names something that no plugin provides.",
    mend: "Use one of the names that the message lists.",
  },
  HOST_OUTPUT_FAILED: {
    cause: "A file that was asked for, or standard output, cannot be written.",
    mend: "Check that the folder exists, may be written, and has room.",
  },
  HOST_VIEW_TOKEN: {
    cause: "The file that is to hold the live view's token cannot be read or made, or holds no token.",
    mend: "Name a file that is not there yet with --view-token-file, and one is made; or one of 16 or more letters, digits, - and _.",
  },
  HOST_CANNOT_LISTEN: {
    cause: "The address of metrics or live view is no HOST:PORT, is in use, or is not one of this machine.",
    mend: "Choose a free port, or 0 for any, on an address of this machine.",
  },
  HOST_NOT_INITIALIZED: {
    cause:
      "Events or data were asked for before the event handler was initialised, or while another generator runs.",
    mend: "Call initializeEventHandlingOnProcessingNode first, and end one generator before the next.",
  },
  HOST_EVENT_CLOSED: {
    cause: "Data of an event were asked for after closeEvent, which gives its memory back.",
    mend: "Extract the data between openEvent and closeEvent.",
  },
  HOST_NO_SINGLE_EVENTS: {
    cause: "A single event was asked for by its identifier. A stream cannot go back.",
    mend: "Read single events from recorded files.",
  },
  SIMULATOR_CANNOT_LISTEN: {
    cause: "The simulated detector cannot listen on the address.",
    mend: "Choose a free port, or 0 for any.",
  },
  SIMULATOR_CANNOT_WRITE: {
    cause:
      "The simulated detector cannot write its files, or would overwrite a configuration that is not its own.",
    mend: "Choose another folder with --out.",
  },
  SIMULATOR_FAILED: {
    cause: "The simulated detector of the demo ended by itself.",
    mend: "Read what it said before, and run `om-jungfrau simulate` alone.",
  },
  MANY_FAULTS: {
    cause: "Several things are wrong; the message lists them all.",
    mend: "Mend them in any order.",
  },
} as const;

/** A key of {@link ERROR_CODES}. */
export type ErrorCode = keyof typeof ERROR_CODES;
