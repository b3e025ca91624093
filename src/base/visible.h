// Text from outside (arguments, files, servers) as a terminal may show it: nothing in it moves the cursor,
// changes a colour or hides what was there.
#pragma once

#include <string>
#include <string_view>

namespace racesim {

/// Control characters (C0, DEL, C1) and bytes that are not UTF-8 become \r, \n, \t or \xNN; everything else
/// stays, backslashes too. A text without such bytes is returned as it is.
std::string visible_text(std::string_view text);

}  // namespace racesim
