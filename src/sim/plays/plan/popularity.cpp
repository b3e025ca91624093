#include "sim/plays/plan/popularity.h"

#include <charconv>
#include <string>

#include "base/detmath.h"

namespace racesim::plays {
namespace {

constexpr double kStretch = 0.3;

tl::unexpected<Error> bad(std::string_view text, const std::string& why) {
  return fail(ErrorKind::usage, "'" + std::string(text) + "' " + why,
              "example: zipf:s=1.0,q=10, uniform or stretched");
}

bool parse_number(std::string_view text, double& out) {
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), out);
  return code == std::errc{} && end == text.data() + text.size();
}

}  // namespace

Result<PopularityLaw> parse_popularity(std::string_view text) {
  PopularityLaw law;
  const std::size_t colon = text.find(':');
  const std::string_view kind = text.substr(0, colon);
  if (kind == "uniform")
    law.kind = PopularityLaw::Kind::uniform;
  else if (kind == "stretched")
    law.kind = PopularityLaw::Kind::stretched;
  else if (kind != "zipf")
    return bad(text, "is not a popularity law");
  if (colon == std::string_view::npos) return law;
  if (kind != "zipf") return bad(text, "takes no parameters");
  std::string_view rest = text.substr(colon + 1);
  bool more = true;
  while (more) {
    const std::string_view item = rest.substr(0, rest.find(','));
    more = item.size() < rest.size();
    rest.remove_prefix(more ? item.size() + 1 : rest.size());
    double value = 0;
    const bool known = item.starts_with("s=") || item.starts_with("q=");
    if (!known || !parse_number(item.substr(2), value)) return bad(text, "has no valid s= and q=");
    if (item[0] == 's')
      law.exponent = value;
    else
      law.offset = value;
  }
  if (!(law.exponent >= 0 && law.exponent <= 5)) return bad(text, "needs s from 0 to 5");
  if (!(law.offset >= 0 && law.offset <= 1e9)) return bad(text, "needs q from 0 to 1e9");
  return law;
}

std::vector<double> rank_weights(const PopularityLaw& law, std::size_t count) {
  std::vector<double> weights(count, 1.0);
  if (law.kind == PopularityLaw::Kind::uniform) return weights;
  const double log_last = detmath::log(static_cast<double>(count));
  const double slope = log_last > 0 ? 0.99 / log_last : 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double rank = static_cast<double>(i + 1);
    if (law.kind == PopularityLaw::Kind::zipf_mandelbrot)
      weights[i] = detmath::exp(-law.exponent * detmath::log(rank + law.offset));
    else
      weights[i] = detmath::exp(detmath::log(1.0 - slope * detmath::log(rank)) / kStretch);
  }
  return weights;
}

}  // namespace racesim::plays
