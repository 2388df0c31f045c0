# eduplat_options(TARGET): the warnings and sanitizers every target of this project is built with.
# They are private: a host that links eduplat keeps its own.
function(eduplat_options target)
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
    -Wold-style-cast -Woverloaded-virtual -Wnull-dereference)
  if(EDUPLAT_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(EDUPLAT_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${EDUPLAT_SANITIZE} -fno-omit-frame-pointer)
    target_link_options(${target} PRIVATE -fsanitize=${EDUPLAT_SANITIZE})
    if(EDUPLAT_SANITIZE MATCHES "undefined")
      target_compile_options(${target} PRIVATE -fno-sanitize-recover=undefined)
    endif()
  endif()
endfunction()

# eduplat_module(NAME [HEADERS ...] [SOURCES ...] [PUBLIC ...] [PRIVATE ...])
# One target a module, eduplat_NAME with the alias eduplat::NAME. HEADERS are public, relative to
# include/eduplat; PUBLIC are the modules its headers include; PRIVATE is what only its sources use.
function(eduplat_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "HEADERS;SOURCES;PUBLIC;PRIVATE")
  set(target eduplat_${name})
  set(root ${PROJECT_SOURCE_DIR}/include)
  list(TRANSFORM arg_HEADERS PREPEND ${root}/eduplat/)

  set(scope PUBLIC)
  if(arg_SOURCES)
    add_library(${target} ${arg_SOURCES})
    eduplat_options(${target})
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(${target} PRIVATE ${arg_PRIVATE})
    set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON
      VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(eduplat::${name} ALIAS ${target})
  target_compile_features(${target} ${scope} cxx_std_20)
  target_link_libraries(${target} ${scope} ${arg_PUBLIC})
  target_sources(${target} ${scope} FILE_SET HEADERS BASE_DIRS ${root} FILES ${arg_HEADERS})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name}
    VERIFY_INTERFACE_HEADER_SETS ${PROJECT_IS_TOP_LEVEL})
  set_property(GLOBAL APPEND PROPERTY EDUPLAT_MODULES ${target})
endfunction()

# eduplat_internal_module(NAME SOURCES ... [PUBLIC ...] [PRIVATE ...])
# A part that no host links: eduplat_NAME is an object library without public headers. Whoever names it
# in PRIVATE takes its objects in, so that it is neither installed nor exported.
function(eduplat_internal_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;PUBLIC;PRIVATE")
  set(target eduplat_${name})
  add_library(${target} OBJECT ${arg_SOURCES})
  eduplat_options(${target})
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(${target} PUBLIC ${arg_PUBLIC} PRIVATE ${arg_PRIVATE})
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  add_library(eduplat::${name} ALIAS ${target})
endfunction()
