# racesim_library(NAME USES targets…): all sources of src/NAME as the static library racesim_NAME.
# main.cpp is left to the executable.
function(racesim_library name)
  cmake_parse_arguments(ARG "" "" "USES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/src/${name}/*.cpp")
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  add_library(racesim_${name} STATIC ${sources})
  target_link_libraries(racesim_${name} PUBLIC racesim_options Threads::Threads ${ARG_USES})
endfunction()

# A hang guard, not an assertion: sanitizers slow a program down about tenfold.
set(RACESIM_TEST_TIMEOUT_S 300)
if(RACESIM_SANITIZE)
  set(RACESIM_TEST_TIMEOUT_S 1200)
elseif("$ENV{RACESIM_FULL}" STREQUAL "1")
  set(RACESIM_TEST_TIMEOUT_S 7200)
endif()

# racesim_test(NAME [LABEL label] [THREADED filter] USES targets…): all sources of tests/unit/NAME as the program
# test_NAME, and each of its tests as the ctest entry NAME.Suite.test. Those that match the filter have the labels
# memory and threads.
function(racesim_test name)
  cmake_parse_arguments(ARG "" "LABEL;THREADED" "USES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/unit/${name}/*.cpp")
  add_executable(test_${name} ${sources})
  target_include_directories(test_${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests")
  target_compile_definitions(test_${name} PRIVATE RACESIM_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(test_${name} PRIVATE ${ARG_USES} GTest::gmock GTest::gtest_main)
  # PRE_TEST: the build runs no program, so ctest can be started without address randomisation, which the
  # thread sanitizer of g++ 12 needs on newer kernels.
  set(discovery TEST_PREFIX "${name}." DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 120)
  if(ARG_THREADED)
    gtest_discover_tests(test_${name} ${discovery} TEST_FILTER "${ARG_THREADED}" TEST_LIST ${name}_threaded
                         PROPERTIES TIMEOUT ${RACESIM_TEST_TIMEOUT_S} LABELS "unit,memory,threads")
    list(APPEND discovery TEST_FILTER "-${ARG_THREADED}")
  endif()
  gtest_discover_tests(test_${name} ${discovery}
                       PROPERTIES TIMEOUT ${RACESIM_TEST_TIMEOUT_S} LABELS "unit,${ARG_LABEL}")
endfunction()

# racesim_python_tests(FOLDER): each tests/FOLDER/test_*.py as the ctest entry FOLDER.test_…, run as a user
# would run the built program.
function(racesim_python_tests folder)
  file(GLOB files CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/${folder}/test_*.py")
  foreach(file ${files})
    cmake_path(GET file STEM stem)
    add_test(NAME ${folder}.${stem}
             COMMAND "${RACESIM_PYTHON}" "${PROJECT_SOURCE_DIR}/tests/run_unittest.py" "${file}")
    set_tests_properties(${folder}.${stem} PROPERTIES
      LABELS ${folder} TIMEOUT ${RACESIM_TEST_TIMEOUT_S} SKIP_RETURN_CODE 77
      ENVIRONMENT "RACESIM_BIN=$<TARGET_FILE:racesim>;RACESIM_TIDE_BIN=$<TARGET_FILE:racesim_tide>;RACESIM_SOURCE_DIR=${PROJECT_SOURCE_DIR};PYTHONDONTWRITEBYTECODE=1")
  endforeach()
endfunction()
