# Language level, floating-point rules and warnings shared by every target.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
# Without NDEBUG: RACESIM_CHECK and the libraries' own assertions stay on.
set(CMAKE_CXX_FLAGS_RELEASE "-O1")
set(RACESIM_HOT_OPTIONS $<$<CONFIG:Release>:-O3>)
set(THREADS_PREFER_PTHREAD_FLAG ON)

add_library(racesim_options INTERFACE)
# Contraction into fused multiply-add would change bytes between CPUs. Nobody reads floating-point traps, and
# without that promise comparisons become branches; no result changes.
target_compile_options(racesim_options INTERFACE -ffp-contract=off -fno-trapping-math)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  target_compile_options(racesim_options INTERFACE -march=x86-64-v2)
endif()
target_compile_definitions(racesim_options INTERFACE $<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>)
target_include_directories(racesim_options INTERFACE "${PROJECT_SOURCE_DIR}/src")
target_compile_options(racesim_options INTERFACE
  -Wall -Wextra -Wconversion -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual)
option(RACESIM_WERROR "Warnings are errors" OFF)
if(RACESIM_WERROR)
  target_compile_options(racesim_options INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # False reports of g++ 12 at -O2 and -O3 (GCC bugs 105329, 105651; 80635 for std::optional).
  target_compile_options(racesim_options INTERFACE
    -Wno-restrict -Wno-stringop-overflow -Wno-array-bounds -Wno-maybe-uninitialized)
endif()

set(RACESIM_SANITIZE "" CACHE STRING "Sanitizers, as for -fsanitize=")
if(RACESIM_SANITIZE)
  # Nothing is optimised here, hot or not: that compiles in half the time. Tests that generate whole races take about
  # twice as long; the longest of them are left to the full suite (LONG in tests/CMakeLists.txt).
  set(RACESIM_HOT_OPTIONS "")
  add_compile_options(-fsanitize=${RACESIM_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all -g1)
  add_link_options(-fsanitize=${RACESIM_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # The instrumentation hides value ranges, and this one then reports what cannot happen.
    target_compile_options(racesim_options INTERFACE -Wno-format-truncation)
  endif()
endif()

find_program(RACESIM_CCACHE ccache)
if(RACESIM_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${RACESIM_CCACHE}")
endif()
find_program(RACESIM_MOLD mold)
if(RACESIM_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
