// What a file that is replaced hands on to the one that takes its name.
#pragma once

#include <sys/stat.h>

#include <string>

namespace racesim {

/// Gives the file behind `fd` the mode of `path`, of which `info` is the stat, and as far as this process may
/// its owner, group, access list and the attributes of users. Where the group cannot be kept, what the group
/// was allowed is not handed to another one: it gets what all others have. Nothing that fails here is an
/// error: the content counts.
void take_over_attributes(const std::string& path, const struct stat& info, int fd);

}  // namespace racesim
