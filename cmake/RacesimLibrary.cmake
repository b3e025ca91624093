# With RACESIM_TOGETHER (presets release, asan, tsan) the sources of a library are compiled together, about so many at
# a time: most of the time goes into reading the same headers and making the same inline functions once more. Names in
# anonymous namespaces are therefore unique within a library, and within the tests of one.
option(RACESIM_TOGETHER "Compile the sources of a library together" OFF)
set(RACESIM_TOGETHER_MOST 24)
set(CMAKE_UNITY_BUILD OFF)  # in place of it there is what follows

# racesim_together(OUT ROOT UNIT sources…): what to compile instead of the sources, which lie below ROOT, an include
# folder: files UNIT_0.cpp, UNIT_1.cpp, … in the build folder. A new unit begins with a new folder as soon as the one
# before is half full, so that a new source changes few of them. What has definitions of its own stays alone. The
# unity builds that CMake has name sources by absolute paths, so ccache would find nothing of another clone.
function(racesim_together out root unit)
  set(${out} ${ARGN} PARENT_SCOPE)
  if(NOT RACESIM_TOGETHER)
    return()
  endif()
  set(paths "")
  set(files "")
  foreach(source ${ARGN})
    get_source_file_property(definitions "${source}" COMPILE_DEFINITIONS)
    if(definitions)
      list(APPEND files "${source}")
    else()
      cmake_path(RELATIVE_PATH source BASE_DIRECTORY "${root}")
      list(APPEND paths "${source}")
    endif()
  endforeach()
  list(SORT paths)
  math(EXPR half "${RACESIM_TOGETHER_MOST} / 2")
  set(part 0)
  set(count 0)
  set(text "")
  set(last_folder "")
  foreach(path ${paths})
    cmake_path(GET path PARENT_PATH folder)
    if(count GREATER_EQUAL RACESIM_TOGETHER_MOST OR (count GREATER_EQUAL half AND NOT folder STREQUAL last_folder))
      racesim_write_unit("${unit}_${part}" "${text}" files)
      math(EXPR part "${part} + 1")
      set(count 0)
      set(text "")
    endif()
    string(APPEND text "#include \"${path}\"\n")
    math(EXPR count "${count} + 1")
    set(last_folder "${folder}")
  endforeach()
  if(text)
    racesim_write_unit("${unit}_${part}" "${text}" files)
  endif()
  set(${out} ${files} PARENT_SCOPE)
endfunction()

# Written only when its text has changed; its path is added to the list OUT.
function(racesim_write_unit name text out)
  set(file "${PROJECT_BINARY_DIR}/together/${name}.cpp")
  file(CONFIGURE OUTPUT "${file}" CONTENT "${text}")
  set(${out} ${${out}} "${file}" PARENT_SCOPE)
endfunction()

# racesim_library(NAME [HOT paths…] USES targets…): all sources of src/NAME as the static library racesim_NAME.
# Those below the HOT paths (folders or files of src/NAME) run for every event: they get -O3 in release, the others
# -O1, which takes half the time to compile. main.cpp is left to the executable.
function(racesim_library name)
  cmake_parse_arguments(ARG "" "" "HOT;USES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/src/${name}/*.cpp")
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  set(hot_sources "")
  if(ARG_HOT)
    foreach(path ${ARG_HOT})
      if(NOT EXISTS "${PROJECT_SOURCE_DIR}/src/${name}/${path}")
        message(FATAL_ERROR "racesim_library(${name}): there is no src/${name}/${path}, which is named as hot")
      endif()
    endforeach()
    set(hot_sources ${sources})
    string(REPLACE ";" "|" hot "${ARG_HOT}")
    list(FILTER hot_sources INCLUDE REGEX "/src/${name}/(${hot})(/|$)")
    list(REMOVE_ITEM sources ${hot_sources})
    racesim_together(hot_sources "${PROJECT_SOURCE_DIR}/src" ${name}_hot ${hot_sources})
    set_source_files_properties(${hot_sources} PROPERTIES COMPILE_OPTIONS "${RACESIM_HOT_OPTIONS}")
  endif()
  racesim_together(sources "${PROJECT_SOURCE_DIR}/src" ${name} ${sources})
  add_library(racesim_${name} STATIC ${hot_sources} ${sources})
  target_link_libraries(racesim_${name} PUBLIC racesim_options Threads::Threads ${ARG_USES})
endfunction()

# A hang guard, not an assertion: sanitizers slow a program down about tenfold.
set(RACESIM_TEST_TIMEOUT_S 600)
if(RACESIM_SANITIZE)
  set(RACESIM_TEST_TIMEOUT_S 1200)
elseif("$ENV{RACESIM_FULL}" STREQUAL "1")
  set(RACESIM_TEST_TIMEOUT_S 7200)
endif()

# racesim_test(NAME [LABEL label] [THREADED filter | LONG filter] USES targets…): all sources of tests/unit/NAME as
# the program test_NAME, and each of its tests as the ctest entry NAME.Suite.test. Those that match THREADED have the
# label threads too; those that match LONG, which take minutes under a sanitizer, have "long" in place of "memory".
function(racesim_test name)
  cmake_parse_arguments(ARG "" "LABEL;THREADED;LONG" "USES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/unit/${name}/*.cpp")
  racesim_together(sources "${PROJECT_SOURCE_DIR}/tests" unit_${name} ${sources})
  add_executable(test_${name} ${sources})
  target_include_directories(test_${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests")
  target_compile_definitions(test_${name} PRIVATE RACESIM_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(test_${name} PRIVATE ${ARG_USES} GTest::gmock GTest::gtest_main)
  # PRE_TEST: the build runs no program, so ctest can be started without address randomisation, which the
  # thread sanitizer of g++ 12 needs on newer kernels.
  set(discovery TEST_PREFIX "${name}." DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 120)
  if(ARG_THREADED)
    gtest_discover_tests(test_${name} ${discovery} TEST_FILTER "${ARG_THREADED}" TEST_LIST ${name}_threaded
                         PROPERTIES TIMEOUT ${RACESIM_TEST_TIMEOUT_S} LABELS "unit,threads")
    list(APPEND discovery TEST_FILTER "-${ARG_THREADED}")
  elseif(ARG_LONG)
    string(REPLACE "memory" "long" long_label "${ARG_LABEL}")
    gtest_discover_tests(test_${name} ${discovery} TEST_FILTER "${ARG_LONG}" TEST_LIST ${name}_long
                         PROPERTIES TIMEOUT ${RACESIM_TEST_TIMEOUT_S} LABELS "unit,${long_label}")
    list(APPEND discovery TEST_FILTER "-${ARG_LONG}")
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
      ENVIRONMENT "RACESIM_BIN=$<TARGET_FILE:racesim>;RACESIM_TIDE_BIN=$<TARGET_FILE:racesim_tide>;GRAPHQL_ANSWERS_BIN=$<TARGET_FILE:racesim_graphql_answers>;RACESIM_SOURCE_DIR=${PROJECT_SOURCE_DIR};PYTHONDONTWRITEBYTECODE=1")
  endforeach()
endfunction()

# racesim_fuzz(NAME USES targets…): tests/fuzz/NAME.cpp as the program fuzz_NAME. With RACESIM_FUZZ it looks for inputs by
# itself; else it tries those of tests/fuzz/corpus/NAME.txt, as the ctest entry fuzz.NAME.
option(RACESIM_FUZZ "Build the fuzz targets with libFuzzer (clang only)" OFF)
function(racesim_fuzz name)
  cmake_parse_arguments(ARG "" "" "USES" ${ARGN})
  add_executable(fuzz_${name} "${PROJECT_SOURCE_DIR}/tests/fuzz/${name}.cpp")
  target_include_directories(fuzz_${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests")
  target_compile_definitions(fuzz_${name} PRIVATE RACESIM_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(fuzz_${name} PRIVATE ${ARG_USES})
  if(RACESIM_FUZZ)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    return()
  endif()
  target_sources(fuzz_${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests/fuzz/replay.cpp")
  add_test(NAME fuzz.${name} COMMAND fuzz_${name} "${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${name}.txt")
  set_tests_properties(fuzz.${name} PROPERTIES LABELS "fuzz,memory" TIMEOUT ${RACESIM_TEST_TIMEOUT_S})
endfunction()
