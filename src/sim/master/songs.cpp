// Songs: blocks of a thousand, each shuffled, so that neighbouring rows are of different artists.
#include <algorithm>

#include "base/check.h"
#include "model/master.h"
#include "sim/master/entities.h"
#include "sim/master/keyed.h"
#include "sim/master/song_block.h"
#include "sim/master/text/genres.h"

namespace racesim {
namespace {

class SongGenerator final : public MasterGenerator {
 public:
  explicit SongGenerator(const MasterPlan& plan)
      : seed_(plan.seed), count_(plan.songs), ids_(stream_key(plan.seed, "master.songs.id", 0)) {}

  const SchemaInfo& schema() const override { return schema_info<SongRow>(); }
  std::uint64_t count() const override { return count_; }

  /// Makes every block that the range touches: ranges of whole blocks cost the least.
  void fill(std::uint64_t first, std::size_t n, RowBatch& out) const override {
    RACESIM_CHECK(first + n <= count_);
    out.clear();
    out.resize(n);
    std::size_t done = 0;
    while (done < n) {
      const std::uint64_t index = first + done;
      const std::uint64_t begin = index / kSongsPerBlock * kSongsPerBlock;
      const std::uint64_t end = std::min(begin + kSongsPerBlock, count_);
      const std::size_t wanted = std::min<std::size_t>(n - done, end - index);
      copy_rows(make_song_block(seed_, begin / kSongsPerBlock, end - begin), index, done, wanted, out);
      done += wanted;
    }
  }

 private:
  /// Writes the rows [index, index + wanted) from their block to out[at …].
  void copy_rows(const SongBlock& block, std::uint64_t index, std::size_t at, std::size_t wanted,
                 RowBatch& out) const {
    const StreamKey order = stream_key(seed_, "master.songs.order", index / kSongsPerBlock);
    const auto rows = out.rows<SongRow>();
    for (std::size_t i = 0; i < wanted; ++i) {
      const std::uint64_t place = permute(order, (index + i) % kSongsPerBlock, block.songs.size());
      const BlockSong& song = block.songs[place];
      const BlockRelease& release = block.releases[song.release];
      SongRow row{};
      row.song_id = unique_uuid(ids_, index + i);
      row.title = out.add_text(song.title);
      row.artist_name = out.add_text(block.artists[release.artist].name);
      row.album_name = out.add_text(release.title);
      row.genre = out.add_text(genres()[release.genre].name);
      row.duration_ms = song.duration_ms;
      row.release_date = {release.day};
      rows[at + i] = row;
    }
  }

  std::uint64_t seed_;
  std::uint64_t count_;
  StreamKey ids_;
};

}  // namespace

std::unique_ptr<MasterGenerator> make_song_generator(const MasterPlan& plan) {
  return std::make_unique<SongGenerator>(plan);
}

}  // namespace racesim
