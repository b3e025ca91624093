# The version and the commit go into one file only, so that a new commit recompiles that one alone.
find_program(RACESIM_GIT git)
set(commit "")
if(RACESIM_GIT)
  execute_process(COMMAND "${RACESIM_GIT}" rev-parse --short=12 HEAD
                  WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}"
                  OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
if(NOT commit)
  set(commit "unknown")
endif()
set_source_files_properties("${PROJECT_SOURCE_DIR}/src/cli/version.cpp" PROPERTIES
  COMPILE_DEFINITIONS "RACESIM_VERSION=\"${PROJECT_VERSION}\";RACESIM_COMMIT=\"${commit}\"")
