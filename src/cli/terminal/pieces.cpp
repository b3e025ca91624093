#include "cli/terminal/pieces.h"

#include <algorithm>
#include <numeric>

namespace racesim::cli {
namespace {

constexpr std::size_t kLabelColumns = 10;
constexpr std::size_t kIndent = 2;

std::string show(const std::string& text, const Piece& piece, const Screen& screen) {
  return piece.tint ? tinted(text, *piece.tint, screen) : text;
}

/// The columns that a piece takes besides its gap; none: there is no room for it.
std::optional<std::size_t> room_for(const Piece& piece, std::size_t left) {
  const std::size_t width = display_width(piece.text);
  const std::size_t wanted = std::max(width, piece.reserve);
  if (wanted + piece.gap <= left) return wanted;
  if (piece.least == 0 || std::min(piece.least, width) + piece.gap > left) return std::nullopt;
  return left - piece.gap;
}

}  // namespace

std::string shortened(const std::string& text, std::size_t columns, bool utf8) {
  if (display_width(text) <= columns) return text;
  const std::string sign = utf8 ? "\u2026" : "..";
  const std::size_t kept = columns - std::min(columns, display_width(sign));
  return std::string(first_columns(text, kept)) + sign;
}

std::string one_line(const std::vector<Piece>& pieces, std::size_t columns, const Screen& screen) {
  std::vector<std::size_t> order(pieces.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return pieces[a].rank < pieces[b].rank; });
  std::vector<std::size_t> room(pieces.size(), 0);
  // The gap before the first piece of the line is left out: that is one column at least.
  std::size_t left = columns + 1;
  for (const std::size_t i : order) {
    const std::optional<std::size_t> taken = room_for(pieces[i], left);
    if (!taken) continue;
    room[i] = *taken;
    left -= *taken + pieces[i].gap;
  }
  std::string line;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (room[i] == 0) continue;
    if (!line.empty()) line.append(pieces[i].gap, ' ');
    line += show(shortened(pieces[i].text, room[i], screen.utf8), pieces[i], screen);
  }
  return line;
}

std::string labelled_row(std::string_view label, const std::vector<Piece>& pieces, std::size_t columns,
                         const Screen& screen) {
  std::string row = std::string(kIndent, ' ') + tinted(label, Tint::dim, screen);
  row.append(kLabelColumns - std::min(kLabelColumns, display_width(label)), ' ');
  const std::size_t begin = kIndent + std::max(kLabelColumns, display_width(label));
  std::size_t at = begin;
  for (const Piece& piece : pieces) {
    const std::size_t width = display_width(piece.text);
    const std::size_t gap = at == begin ? 0 : piece.gap;
    if (at > begin && at + gap + width > columns) {
      row += "\n" + std::string(begin, ' ');
      at = begin;
    } else {
      row.append(gap, ' ');
      at += gap;
    }
    row += show(piece.text, piece, screen);
    at += width;
  }
  return row + "\n";
}

}  // namespace racesim::cli
