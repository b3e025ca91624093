# cmake --install BUILD --prefix P: the program, its man pages, and its completions where each shell looks for them.
include(GNUInstallDirs)
install(TARGETS racesim RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/man/" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1" FILES_MATCHING PATTERN "*.1")
# racesim aggregate --engine spark looks for its job there.
install(DIRECTORY "${PROJECT_SOURCE_DIR}/spark" DESTINATION "${CMAKE_INSTALL_DATADIR}/racesim"
        FILES_MATCHING PATTERN "*.py" PATTERN "schema.json" PATTERN "__pycache__" EXCLUDE)
# The program writes them itself, once it is there: the build runs no program.
set(completions "${PROJECT_BINARY_DIR}/completions")
install(CODE "
  file(MAKE_DIRECTORY \"${completions}\")
  foreach(shell bash zsh fish)
    execute_process(COMMAND \"$<TARGET_FILE:racesim>\" completions \${shell}
                    OUTPUT_FILE \"${completions}/\${shell}\" COMMAND_ERROR_IS_FATAL ANY)
  endforeach()")
install(FILES "${completions}/bash" RENAME racesim DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions")
install(FILES "${completions}/zsh" RENAME _racesim DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/site-functions")
install(FILES "${completions}/fish" RENAME racesim.fish
        DESTINATION "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d")
