/*
 * A detector, and what libzmq alone takes of one: the measure for the benchmarks of this folder.
 *
 *   detector send URL0 URL1 FRAMES_FILE   publishes both modules as slsReceiver does, one message each
 *   detector receive URL0 URL1            reads both modules and drops them
 *   detector forward URL0 URL1 URL        pairs them in their order, and pushes each pair on as four parts, without a copy
 *   detector sink URL                     pulls what `forward` pushes, and drops it
 *
 * `send` reads orders from its standard input, `RATE_HZ FRAMES` each, and answers one line of JSON for each; numbers go on
 * from order to order. Its first lines are the addresses that it was given, and that every port has a subscriber.
 * The others end by themselves IDLE_MS after the last message.
 *
 *   gcc -O2 detector.c -lzmq -o detector      (Debian: libzmq3-dev)
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

enum {
  MODULES = 2,
  MODULE_BYTES = 1 << 20,
  SENDER_MARK = 200,
  /* Few messages wait, so they are still in the processor's cache when they are read. */
  RECEIVER_MARK = 4,
  IDLE_MS = 1200,
};

static void *context;

static void fail(const char *what) {
  fprintf(stderr, "%s: %s\n", what, zmq_strerror(zmq_errno()));
  exit(1);
}

static double seconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec + 1e-9 * now.tv_nsec;
}

static double cpu_ms(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return 1e3 * (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + 1e-3 * (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static void *bound(int type, const char *url, int mark, char *address, size_t size) {
  void *socket = zmq_socket(context, type);
  zmq_setsockopt(socket, ZMQ_SNDHWM, &mark, sizeof mark);
  if (zmq_bind(socket, url) < 0 || zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, address, &size) < 0) fail(url);
  return socket;
}

static void *connected(int type, const char *url) {
  void *socket = zmq_socket(context, type);
  int mark = RECEIVER_MARK, idle = IDLE_MS;
  zmq_setsockopt(socket, ZMQ_RCVHWM, &mark, sizeof mark);
  zmq_setsockopt(socket, ZMQ_RCVTIMEO, &idle, sizeof idle);
  if (type == ZMQ_SUB) zmq_setsockopt(socket, ZMQ_SUBSCRIBE, "", 0);
  if (zmq_connect(socket, url) < 0) fail(url);
  return socket;
}

/* The memory of a frame is the file's, for ever. */
static void keep(void *data, void *hint) {
  (void)data;
  (void)hint;
}

static void send_module(void *socket, int module, long frame, uint8_t *payload) {
  char header[1024];
  int length = snprintf(
      header, sizeof header,
      "{\"jsonversion\":5, \"bitmode\":16, \"fileIndex\":0, \"detshape\":[1, 2], \"shape\":[1024, 512], \"size\":%d, "
      "\"acqIndex\":%ld, \"frameIndex\":%ld, \"progress\":0, \"fname\":\"/data/run\", \"data\":1, \"completeImage\":1, "
      "\"frameNumber\":%ld, \"expLength\":100, \"packetNumber\":128, \"detSpec1\":0, \"timestamp\":%ld, \"modId\":%d, "
      "\"row\":%d, \"column\":0, \"detSpec2\":0, \"detSpec3\":0, \"detSpec4\":0, \"detType\":3, \"version\":2, "
      "\"flipRows\":0, \"quad\":0, \"addJsonHeader\":{\"sent\":\"%.6f\"}, \"rx_roi\":[0, 1023, 0, 511]}\n",
      MODULE_BYTES, frame, frame - 1, frame, (long)(1e7 * seconds(CLOCK_MONOTONIC)), module, module,
      seconds(CLOCK_REALTIME));
  zmq_msg_t message;
  zmq_msg_init_data(&message, payload, MODULE_BYTES, keep, NULL);
  zmq_send(socket, header, length, ZMQ_SNDMORE);
  zmq_msg_send(&message, socket, 0);
}

static void await_subscriber(void *port) {
  zmq_msg_t subscription;
  zmq_msg_init(&subscription);
  if (zmq_msg_recv(&subscription, port, 0) < 0) fail("subscription");
  zmq_msg_close(&subscription);
}

static int send_frames(char **arguments) {
  int file = open(arguments[2], O_RDONLY);
  struct stat about;
  if (file < 0 || fstat(file, &about) < 0) fail(arguments[2]);
  uint8_t *images = mmap(NULL, about.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
  long image_count = about.st_size / (MODULES * MODULE_BYTES);
  if (images == MAP_FAILED || image_count == 0) fail(arguments[2]);

  /* An XPUB sends as a PUB does, and says who has subscribed. */
  void *ports[MODULES];
  char addresses[MODULES][256];
  for (int module = 0; module < MODULES; module++)
    ports[module] = bound(ZMQ_XPUB, arguments[module], SENDER_MARK, addresses[module], sizeof addresses[module]);
  printf("{\"source\":\"%s,%s\"}\n", addresses[0], addresses[1]);
  fflush(stdout);
  for (int module = 0; module < MODULES; module++) await_subscriber(ports[module]);
  printf("{\"subscribed\":true}\n");
  fflush(stdout);

  long frame = 0, frames;
  double rate;
  while (scanf("%lf %ld", &rate, &frames) == 2) {
    double *sent = calloc(frames, sizeof *sent), cpu = cpu_ms(), start = seconds(CLOCK_MONOTONIC);
    for (long index = 0; index < frames; index++) {
      double due = start + index / rate;
      struct timespec until = {(time_t)due, (long)(1e9 * (due - (time_t)due))};
      while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) != 0) {
      }
      sent[index] = seconds(CLOCK_REALTIME);
      uint8_t *image = images + (frame % image_count) * MODULES * MODULE_BYTES;
      frame += 1;
      for (int module = 0; module < MODULES; module++)
        send_module(ports[module], module, frame, image + (size_t)module * MODULE_BYTES);
    }
    double took = seconds(CLOCK_MONOTONIC) - start;
    usleep(300000); /* what its threads still have to do is of its frames */
    printf("{\"firstFrame\":%ld,\"frames\":%ld,\"seconds\":%.4f,\"cpuMs\":%.3f,\"sentSeconds\":[", frame - frames + 1, frames,
           took, cpu_ms() - cpu);
    for (long index = 0; index < frames; index++) printf("%s%.5f", index == 0 ? "" : ",", sent[index]);
    printf("]}\n");
    fflush(stdout);
    free(sent);
  }
  return 0;
}

enum { MAX_PARTS = 4 };

/* One message's parts; returns how many, 0 when nothing has come for IDLE_MS. */
static int receive_message(void *socket, zmq_msg_t *parts) {
  for (int count = 0; count < MAX_PARTS; count++) {
    zmq_msg_init(&parts[count]);
    if (zmq_msg_recv(&parts[count], socket, 0) < 0) return 0;
    if (!zmq_msg_more(&parts[count])) return count + 1;
  }
  fprintf(stderr, "a message has more parts than a detector's\n");
  exit(1);
}

static int take_frames(void *const *inputs, int input_count, void *output) {
  long frames = 0;
  double cpu = 0, first = 0, last = 0;
  for (;;) {
    zmq_msg_t parts[MODULES * MAX_PARTS];
    int count = 0, got = 1;
    for (int input = 0; input < input_count && got > 0; input++) {
      got = receive_message(inputs[input], parts + count);
      count += got;
    }
    if (got == 0) {
      if (frames > 0) break;
      continue;
    }
    for (int part = 0; part < count; part++) {
      if (output == NULL) zmq_msg_close(&parts[part]);
      else zmq_msg_send(&parts[part], output, part + 1 < count ? ZMQ_SNDMORE : 0);
    }
    last = seconds(CLOCK_MONOTONIC);
    if (frames == 0) first = last;
    frames += 1;
    cpu = cpu_ms();
  }
  printf("{\"frames\":%ld,\"seconds\":%.4f,\"cpuMs\":%.3f}\n", frames, last - first, cpu);
  fflush(stdout);
  _exit(0); /* what waits for a peer that has gone does not matter */
}

int main(int count, char **arguments) {
  const char *mode = count > 2 ? arguments[1] : "";
  /* Freed messages are kept for the next ones, as malloc does by itself after a while. */
  mallopt(M_MMAP_THRESHOLD, 64 << 20);
  mallopt(M_TRIM_THRESHOLD, 512 << 20);
  context = zmq_ctx_new();
  if (!strcmp(mode, "send") && count == 5) return send_frames(arguments + 2);
  if (!strcmp(mode, "sink")) {
    void *input = connected(ZMQ_PULL, arguments[2]);
    return take_frames(&input, 1, NULL);
  }
  int forwards = !strcmp(mode, "forward") && count == 5;
  if (!forwards && (strcmp(mode, "receive") || count != 4)) {
    fprintf(stderr, "detector send|receive|forward|sink URL ...: see the head of detector.c\n");
    return 2;
  }
  char address[256];
  void *output = forwards ? bound(ZMQ_PUSH, arguments[4], RECEIVER_MARK, address, sizeof address) : NULL;
  if (forwards) {
    printf("{\"url\":\"%s\"}\n", address);
    fflush(stdout);
  }
  void *inputs[MODULES] = {connected(ZMQ_SUB, arguments[2]), connected(ZMQ_SUB, arguments[3])};
  return take_frames(inputs, MODULES, output);
}
