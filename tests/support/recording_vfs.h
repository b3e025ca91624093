// A disk under SQLite that remembers every write, sync and truncation, so that a test can see what a loss of
// power at any moment would have left; and that can refuse the k-th of them.
#pragma once

#include <sqlite3.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace racesim::test {

/// While it lives it is the file system of every SQLite connection that is opened. One at a time, one thread.
class RecordingVfs {
 public:
  struct Operation {
    enum class Kind : std::uint8_t { write, sync, truncate, remove } kind;
    std::string file;
    std::int64_t offset = 0;  ///< of a truncation: the new size
    std::string bytes;
  };

  RecordingVfs() : real_(sqlite3_vfs_find(nullptr)) {
    current() = this;
    vfs_ = *real_;
    vfs_.zName = "racesim-recording";
    vfs_.szOsFile = static_cast<int>(sizeof(File)) + real_->szOsFile;
    vfs_.xOpen = &open;
    vfs_.xDelete = &remove;
    sqlite3_vfs_register(&vfs_, 1);
  }
  RecordingVfs(const RecordingVfs&) = delete;
  RecordingVfs& operator=(const RecordingVfs&) = delete;
  ~RecordingVfs() {
    sqlite3_vfs_unregister(&vfs_);
    sqlite3_vfs_register(real_, 1);
    current() = nullptr;
  }

  std::vector<Operation> operations;
  /// The operation of that number (from 1) fails with `error`, and with `for_good` all behind it. 0: none.
  std::size_t fail_at = 0;
  int error = SQLITE_IOERR_WRITE;
  bool for_good = false;

 private:
  struct File {
    sqlite3_file base;
    sqlite3_file* real;
    std::string* name;
  };
  static RecordingVfs*& current() {
    static RecordingVfs* vfs = nullptr;
    return vfs;
  }
  static File& of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }

  int record(Operation operation) {
    const std::size_t number = operations.size() + 1;
    operations.push_back(std::move(operation));
    if (fail_at == 0 || number < fail_at || (number > fail_at && !for_good)) return SQLITE_OK;
    if (operations.back().kind == Operation::Kind::sync && error == SQLITE_IOERR_WRITE)
      return SQLITE_IOERR_FSYNC;
    return operations.back().kind == Operation::Kind::truncate ? SQLITE_IOERR_TRUNCATE : error;
  }

  static int open(sqlite3_vfs*, const char* name, sqlite3_file* base, int flags, int* out_flags) {
    File& file = of(base);
    file.real = reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(base) + sizeof(File));
    file.base.pMethods = nullptr;
    const int code = current()->real_->xOpen(current()->real_, name, file.real, flags, out_flags);
    if (file.real->pMethods == nullptr) return code;
    file.name = new std::string(name == nullptr ? "" : name);
    file.base.pMethods = methods();
    return code;
  }

  static int remove(sqlite3_vfs*, const char* name, int sync_folder) {
    current()->operations.push_back({Operation::Kind::remove, name, 0, {}});
    return current()->real_->xDelete(current()->real_, name, sync_folder);
  }

  static const sqlite3_io_methods* methods() {
    static const sqlite3_io_methods all{
        .iVersion = 2,
        .xClose =
            [](sqlite3_file* f) {
              delete of(f).name;
              return of(f).real->pMethods->xClose(of(f).real);
            },
        .xRead = [](sqlite3_file* f, void* to, int size,
                    sqlite3_int64 at) { return of(f).real->pMethods->xRead(of(f).real, to, size, at); },
        .xWrite =
            [](sqlite3_file* f, const void* from, int size, sqlite3_int64 at) {
              const int code =
                  current()->record({Operation::Kind::write,
                                     *of(f).name,
                                     at,
                                     {static_cast<const char*>(from), static_cast<std::size_t>(size)}});
              return code != SQLITE_OK ? code : of(f).real->pMethods->xWrite(of(f).real, from, size, at);
            },
        .xTruncate =
            [](sqlite3_file* f, sqlite3_int64 size) {
              const int code = current()->record({Operation::Kind::truncate, *of(f).name, size, {}});
              return code != SQLITE_OK ? code : of(f).real->pMethods->xTruncate(of(f).real, size);
            },
        // Not synced in earnest: what would be on the disk is computed.
        .xSync =
            [](sqlite3_file* f, int) {
              return current()->record({Operation::Kind::sync, *of(f).name, 0, {}});
            },
        .xFileSize = [](sqlite3_file* f,
                        sqlite3_int64* size) { return of(f).real->pMethods->xFileSize(of(f).real, size); },
        .xLock = [](sqlite3_file* f, int lock) { return of(f).real->pMethods->xLock(of(f).real, lock); },
        .xUnlock = [](sqlite3_file* f, int lock) { return of(f).real->pMethods->xUnlock(of(f).real, lock); },
        .xCheckReservedLock =
            [](sqlite3_file* f, int* out) {
              return of(f).real->pMethods->xCheckReservedLock(of(f).real, out);
            },
        .xFileControl = [](sqlite3_file* f, int op,
                           void* arg) { return of(f).real->pMethods->xFileControl(of(f).real, op, arg); },
        .xSectorSize = [](sqlite3_file*) { return kSector; },
        // None of the promises that SQLite could rely on, such as writes that cannot tear.
        .xDeviceCharacteristics = [](sqlite3_file*) { return 0; },
        .xShmMap =
            [](sqlite3_file* f, int page, int size, int extend, void volatile** to) {
              return of(f).real->pMethods->xShmMap(of(f).real, page, size, extend, to);
            },
        .xShmLock = [](sqlite3_file* f, int offset, int n,
                       int flags) { return of(f).real->pMethods->xShmLock(of(f).real, offset, n, flags); },
        .xShmBarrier = [](sqlite3_file* f) { of(f).real->pMethods->xShmBarrier(of(f).real); },
        .xShmUnmap = [](sqlite3_file* f,
                        int remove) { return of(f).real->pMethods->xShmUnmap(of(f).real, remove); },
        .xFetch = nullptr,
        .xUnfetch = nullptr,
    };
    return &all;
  }

  static constexpr int kSector = 512;
  sqlite3_vfs* real_;
  sqlite3_vfs vfs_{};
};

/// What is on the disk if power fails behind `operations[cut - 1]`: of each file all that was written before
/// its last sync, and of every sector that was written since any one of its states, as `below(n)` chooses.
/// Names are made and removed at once: SQLite syncs the folder of its log.
inline std::map<std::string, std::string> after_power_loss(
    const std::vector<RecordingVfs::Operation>& operations, std::size_t cut,
    const std::function<std::uint64_t(std::uint64_t)>& below) {
  using Kind = RecordingVfs::Operation::Kind;
  constexpr std::size_t kSector = 512;
  std::map<std::string, std::size_t> last_sync;
  for (std::size_t i = 0; i < cut; ++i)
    if (operations[i].kind == Kind::sync) last_sync[operations[i].file] = i;
  std::map<std::string, std::string> files;
  std::map<std::string, std::map<std::size_t, std::vector<std::string>>>
      pending;  // states of sectors, in order
  for (std::size_t i = 0; i < cut; ++i) {
    const RecordingVfs::Operation& op = operations[i];
    const auto synced = last_sync.find(op.file);
    const bool is_safe = synced != last_sync.end() && i < synced->second;
    if (op.kind == Kind::remove) {
      files.erase(op.file);
      pending.erase(op.file);
      continue;
    }
    std::string& file = files[op.file];
    if (op.kind == Kind::truncate && (is_safe || below(2) == 0))
      file.resize(static_cast<std::size_t>(op.offset));
    if (op.kind != Kind::write) continue;
    const auto offset = static_cast<std::size_t>(op.offset);
    if (is_safe) {
      if (file.size() < offset + op.bytes.size()) file.resize(offset + op.bytes.size());
      file.replace(offset, op.bytes.size(), op.bytes);
      continue;
    }
    for (std::size_t at = offset; at < offset + op.bytes.size();) {
      const std::size_t sector = at / kSector;
      const std::size_t end = std::min((sector + 1) * kSector, offset + op.bytes.size());
      std::vector<std::string>& states = pending[op.file][sector];
      std::string state(kSector, '\0');
      if (!states.empty())
        state = states.back();
      else if (sector * kSector < file.size())
        state.replace(0, std::min(kSector, file.size() - sector * kSector), file, sector * kSector, kSector);
      state.resize(kSector);
      state.replace(at - sector * kSector, end - at, op.bytes, at - offset, end - at);
      states.push_back(std::move(state));
      at = end;
    }
  }
  for (const auto& [name, sectors] : pending) {
    for (const auto& [sector, states] : sectors) {
      const std::uint64_t choice = below(states.size() + 1);
      if (choice == 0) continue;
      std::string& file = files[name];
      if (file.size() < (sector + 1) * kSector) file.resize((sector + 1) * kSector);
      file.replace(sector * kSector, kSector, states[choice - 1]);
    }
  }
  return files;
}

}  // namespace racesim::test
