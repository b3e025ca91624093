# racesim_library(NAME USES targets…): all sources of src/NAME as the static library racesim_NAME.
# main.cpp is left to the executable.
function(racesim_library name)
  cmake_parse_arguments(ARG "" "" "USES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/src/${name}/*.cpp")
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  if(NOT sources)
    add_library(racesim_${name} INTERFACE)
    target_link_libraries(racesim_${name} INTERFACE racesim_options Threads::Threads ${ARG_USES})
    return()
  endif()
  add_library(racesim_${name} STATIC ${sources})
  target_link_libraries(racesim_${name} PUBLIC racesim_options Threads::Threads ${ARG_USES})
endfunction()

# racesim_test(NAME USES targets…): all sources of tests/unit/NAME as the program test_NAME.
function(racesim_test name)
  cmake_parse_arguments(ARG "" "" "USES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/unit/${name}/*.cpp")
  if(NOT sources)
    return()
  endif()
  add_executable(test_${name} ${sources})
  target_include_directories(test_${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests")
  target_compile_definitions(test_${name} PRIVATE RACESIM_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(test_${name} PRIVATE ${ARG_USES} GTest::gmock GTest::gtest_main)
  gtest_discover_tests(test_${name} TEST_PREFIX "${name}." PROPERTIES TIMEOUT 300
                       DISCOVERY_TIMEOUT 60)
endfunction()
