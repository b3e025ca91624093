# With CMAKE_UNITY_BUILD (presets release, asan, tsan) the sources of one folder are compiled together, at most so
# many at a time: most of the time went into reading the same headers once more. Names in anonymous namespaces are
# therefore unique within a folder; more than eight files would keep one core busy while the others wait.
set(RACESIM_TOGETHER_MOST 8)
function(racesim_compile_folders_together target)
  set(sources ${ARGN})
  list(SORT sources)
  set(folder_before "")
  foreach(source ${sources})
    cmake_path(GET source PARENT_PATH folder)
    if(NOT folder STREQUAL folder_before)
      set(index 0)
      set(folder_before "${folder}")
      cmake_path(RELATIVE_PATH folder BASE_DIRECTORY "${PROJECT_SOURCE_DIR}")
      string(REPLACE "/" "_" group "${folder}")
    endif()
    math(EXPR part "${index} / ${RACESIM_TOGETHER_MOST}")
    math(EXPR index "${index} + 1")
    set_source_files_properties("${source}" PROPERTIES UNITY_GROUP "${group}_${part}")
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD_MODE GROUP)
endfunction()

# racesim_library(NAME [HOT paths…] USES targets…): all sources of src/NAME as the static library racesim_NAME.
# Those below the HOT paths (folders or files of src/NAME) run for every event: they get -O3 in release, the others
# -O1, which takes half the time to compile. main.cpp is left to the executable.
function(racesim_library name)
  cmake_parse_arguments(ARG "" "" "HOT;USES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/src/${name}/*.cpp")
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  add_library(racesim_${name} STATIC)
  target_link_libraries(racesim_${name} PUBLIC racesim_options Threads::Threads ${ARG_USES})
  foreach(path ${ARG_HOT})
    if(NOT EXISTS "${PROJECT_SOURCE_DIR}/src/${name}/${path}")
      message(FATAL_ERROR "racesim_library(${name}): there is no src/${name}/${path}, which is named as hot")
    endif()
  endforeach()
  set(hot_sources ${sources})
  string(REPLACE ";" "|" hot "${ARG_HOT}")
  list(FILTER hot_sources INCLUDE REGEX "/src/${name}/(${hot})(/|$)")
  if(ARG_HOT AND hot_sources)
    list(REMOVE_ITEM sources ${hot_sources})
    add_library(racesim_${name}_hot OBJECT ${hot_sources})
    target_compile_options(racesim_${name}_hot PRIVATE $<$<CONFIG:Release>:-O3>)
    target_link_libraries(racesim_${name}_hot PRIVATE racesim_options Threads::Threads ${ARG_USES})
    target_sources(racesim_${name} PRIVATE $<TARGET_OBJECTS:racesim_${name}_hot>)
    racesim_compile_folders_together(racesim_${name}_hot ${hot_sources})
  endif()
  target_sources(racesim_${name} PRIVATE ${sources})
  racesim_compile_folders_together(racesim_${name} ${sources})
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
  racesim_compile_folders_together(test_${name} ${sources})
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
