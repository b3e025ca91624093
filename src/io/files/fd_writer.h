// Writes to whatever a file descriptor stands for, in a way that another thread can interrupt.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

namespace racesim {

enum class WriteEnd : std::uint8_t {
  taken,        ///< some bytes were taken
  interrupted,  ///< interrupt() was called
  reader_gone,  ///< EPIPE: nobody will read this any more
  failed,       ///< see error_number
};

struct WriteStep {
  std::size_t bytes = 0;  ///< how many of the bytes were taken; more than 0 only with `taken`
  WriteEnd end = WriteEnd::taken;
  int error_number = 0;
};

/// A blocked write() cannot be called off without signals, so nothing that may block is written to
/// blockingly: pipes and terminals through a second, non-blocking description of the same object (the flag of
/// the first one belongs to everybody who shares it: our shell, our neighbours in the pipe), sockets with
/// MSG_DONTWAIT. Between writes poll() waits for room or for interrupt(). SIGPIPE and SIGXFSZ have to be
/// ignored by the program, so that a closed pipe and a file size limit come back as errors.
///
/// write_some() and open_now() belong to one thread; interrupt() may come from any, at any time.
class FdWriter {
 public:
  enum class Method : std::uint8_t {
    direct,        ///< regular files and devices such as /dev/null: write() does not wait for a reader
    non_blocking,  ///< the descriptor does not block: write(), then poll()
    socket,        ///< send(MSG_DONTWAIT), then poll()
    /// The description could not be opened a second time (a pipe made by another user): poll(), then at most
    /// PIPE_BUF bytes, which a pipe with room takes without blocking. Slower, otherwise equal.
    poll_first,
  };

  enum class Owner : std::uint8_t { caller, writer };

  /// Writes to `fd`, which `owner` closes (the writer also when this fails). Chooses the method and widens
  /// pipes to 1 MiB where the kernel allows it.
  static Result<std::unique_ptr<FdWriter>> open(int fd, Owner owner);
  /// As above with the method given by the caller.
  static Result<std::unique_ptr<FdWriter>> open(int fd, Owner owner, Method method);
  /// Writes to the named pipe `path`. It is opened with the first write: that waits for a reader.
  static Result<std::unique_ptr<FdWriter>> fifo(std::string path);

  FdWriter(const FdWriter&) = delete;
  FdWriter& operator=(const FdWriter&) = delete;
  ~FdWriter();

  /// Takes at least one byte of `bytes`, however long that lasts, or says why not. `bytes` is not empty.
  WriteStep write_some(std::string_view bytes);
  /// Opens a named pipe that no write has opened yet; otherwise does nothing.
  WriteStep open_now();
  /// Ends the present call and all later ones.
  void interrupt();
  bool interrupted() const { return interrupted_.load(std::memory_order_acquire); }

 private:
  FdWriter() = default;
  static Result<std::unique_ptr<FdWriter>> make();
  void choose_method();
  /// Waits until there is room or interrupt() was called; a negative time-out waits for ever.
  void wait_writable(int timeout_ms);
  ssize_t write_once(std::string_view bytes);

  int fd_ = -1;  // written to: one of the next two, or the caller's
  int adopted_fd_ = -1;
  int opened_fd_ = -1;  // the second description, or the named pipe
  int wake_fd_ = -1;    // an eventfd; readable once interrupt() was called
  Method method_ = Method::direct;
  std::string fifo_path_;
  std::atomic<bool> interrupted_{false};
};

}  // namespace racesim
