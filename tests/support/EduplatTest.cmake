# eduplat_test(): one program of Catch2 cases, each of them one case of ctest.
find_package(Catch2 REQUIRED)
include(Catch)

# eduplat_test(NAME SOURCES ... LIBS ... LABELS ... [TIMEOUT seconds] [DEFINITIONS ...]
#              [PROCESSES worker.cpp ...] [SERIAL])
#
#   LIBS       module targets: eduplat::core ...
#   LABELS     what ctest -L selects by: unit, concurrency, crash ... The target tests_LABEL builds
#              the programs of one.
#   TIMEOUT    of each case, 120 seconds unless told; five times as much with sanitizers
#   PROCESSES  each source is a program of its own, linked to LIBS, that the cases start. Its path is
#              given to them as a string: worker.cpp is EDUPLAT_PROCESS_WORKER.
#   SERIAL     the cases run while no other case runs
#
# Sources include <support/...> and, for white-box tests, what lies in src/.
function(eduplat_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "SERIAL" "TIMEOUT"
    "SOURCES;LIBS;LABELS;DEFINITIONS;PROCESSES")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "eduplat_test(${name}): unknown: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  if(EDUPLAT_SANITIZE) # all is several times slower there
    math(EXPR arg_TIMEOUT "${arg_TIMEOUT} * 5")
  endif()

  add_executable(${name} ${arg_SOURCES})
  eduplat_test_program(${name} LIBS ${arg_LIBS} Catch2::Catch2WithMain
    DEFINITIONS ${arg_DEFINITIONS})

  foreach(source IN LISTS arg_PROCESSES)
    cmake_path(GET source STEM stem)
    add_executable(${name}_${stem} ${source})
    eduplat_test_program(${name}_${stem} LIBS ${arg_LIBS} DEFINITIONS ${arg_DEFINITIONS})
    add_dependencies(${name} ${name}_${stem})
    string(TOUPPER EDUPLAT_PROCESS_${stem} definition)
    target_compile_definitions(${name} PRIVATE ${definition}="$<TARGET_FILE:${name}_${stem}>")
  endforeach()

  foreach(label IN LISTS arg_LABELS)
    if(NOT TARGET tests_${label})
      add_custom_target(tests_${label})
    endif()
    add_dependencies(tests_${label} ${name})
  endforeach()

  catch_discover_tests(${name} TEST_PREFIX "${name}:" TEST_LIST ${name}_CASES)
  eduplat_case_properties(${name} LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT}
    RUN_SERIAL ${arg_SERIAL} COST ${arg_TIMEOUT}) # what may take long begins first
endfunction()

function(eduplat_test_program target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LIBS;DEFINITIONS")
  eduplat_options(${target})
  if(EDUPLAT_SANITIZE) # optimizing what sanitizers make of assertions takes longer than running it
    target_compile_options(${target} PRIVATE -O0)
  endif()
  target_compile_features(${target} PRIVATE cxx_std_20)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(${target} PRIVATE ${arg_LIBS})
  target_compile_definitions(${target} PRIVATE ${arg_DEFINITIONS})
endfunction()

# Sets properties on the cases found in a program. Catch2's own way loses all but the first of several
# labels; and a program in which no case is found must fail, not vanish.
function(eduplat_case_properties name)
  set(file ${CMAKE_CURRENT_BINARY_DIR}/${name}_properties.cmake)
  set(text "if(NOT ${name}_CASES)\n  add_test(${name}_has_no_cases ${name}_has_no_cases)\nendif()\n")
  string(APPEND text "foreach(case IN LISTS ${name}_CASES)\n  set_tests_properties(\"\${case}\" PROPERTIES")
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "LABELS;TIMEOUT;RUN_SERIAL;COST" "")
  foreach(property LABELS TIMEOUT RUN_SERIAL COST)
    string(APPEND text " ${property} \"${arg_${property}}\"")
  endforeach()
  string(APPEND text ")\nendforeach()\n")
  file(CONFIGURE OUTPUT ${file} CONTENT "${text}" @ONLY)
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${file})
endfunction()
