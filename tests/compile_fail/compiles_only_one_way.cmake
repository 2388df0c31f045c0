# cmake -DCOMPILER=... -DINCLUDE=... -DSOURCE=... -P compiles_only_one_way.cmake
# Compiles one source twice. As it stands it must compile; with MUST_NOT_COMPILE defined it must not,
# and for the reason its first line gives. The good half keeps the bad one honest: a case that no longer
# compiles because of a renamed header fails too.
file(STRINGS ${SOURCE} first_line LIMIT_COUNT 1)
if(NOT first_line MATCHES "^// expect: (.+)$")
  message(FATAL_ERROR "${SOURCE}: the first line must be '// expect: REGEX'")
endif()
set(reason "${CMAKE_MATCH_1}")
set(compile ${COMPILER} -std=c++20 -fsyntax-only -I${INCLUDE} ${SOURCE})

execute_process(COMMAND ${compile} RESULT_VARIABLE failed ERROR_VARIABLE output)
if(failed)
  message(FATAL_ERROR "must compile, but does not:\n${output}")
endif()

execute_process(COMMAND ${compile} -DMUST_NOT_COMPILE RESULT_VARIABLE failed ERROR_VARIABLE output)
if(NOT failed)
  message(FATAL_ERROR "must not compile, but does")
endif()
if(NOT output MATCHES "error:[^\n]*(${reason})")
  message(FATAL_ERROR "does not compile, but for another reason than '${reason}':\n${output}")
endif()
