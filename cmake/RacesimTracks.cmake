# Puts data/tracks/*.json into the binary: a generated source of racesim_sim that defines embedded_tracks().
file(GLOB track_files CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/data/tracks/*.json")
set(RACESIM_TRACK_LIST "")
foreach(file ${track_files})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
  cmake_path(GET file STEM name)
  file(READ "${file}" text)
  string(APPEND RACESIM_TRACK_LIST "    {\"${name}\", R\"track(${text})track\"},\n")
endforeach()
configure_file("${PROJECT_SOURCE_DIR}/cmake/embedded_tracks.cpp.in"
               "${PROJECT_BINARY_DIR}/embedded_tracks.cpp" @ONLY)
target_sources(racesim_sim PRIVATE "${PROJECT_BINARY_DIR}/embedded_tracks.cpp")
