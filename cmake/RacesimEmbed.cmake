# racesim_embed(TARGET target FILES "folder/*.ending" HEADER header NAMESPACE name FUNCTION function): puts the files
# into the program. A generated source of the target defines
# `std::span<const EmbeddedFile> NAMESPACE::FUNCTION()`, which HEADER declares; in alphabetical order. With WITH_ENDINGS
# their names keep what is behind the dot.
function(racesim_embed)
  cmake_parse_arguments(ARG "WITH_ENDINGS" "TARGET;FILES;HEADER;NAMESPACE;FUNCTION" "" ${ARGN})
  file(GLOB files CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${ARG_FILES}")
  if(NOT files)
    message(FATAL_ERROR "racesim_embed: there is no ${ARG_FILES}")
  endif()
  set(list "")
  foreach(file ${files})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
    if(ARG_WITH_ENDINGS)
      cmake_path(GET file FILENAME name)
    else()
      cmake_path(GET file STEM name)
    endif()
    file(READ "${file}" text)
    string(APPEND list "    {\"${name}\", R\"embedded(${text})embedded\"sv},\n")
  endforeach()
  configure_file("${PROJECT_SOURCE_DIR}/cmake/embedded_files.cpp.in"
                 "${PROJECT_BINARY_DIR}/embedded/${ARG_FUNCTION}.cpp" @ONLY)
  target_sources(${ARG_TARGET} PRIVATE "${PROJECT_BINARY_DIR}/embedded/${ARG_FUNCTION}.cpp")
endfunction()
