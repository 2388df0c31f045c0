include(GNUInstallDirs)

# eduplat_options(TARGET): the warnings and sanitizers every target of this project is built with.
# They are private: a host that links eduplat keeps its own.
function(eduplat_options target)
  if(NOT MSVC)
    target_compile_options(${target} PRIVATE
      -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
      -Wold-style-cast -Woverloaded-virtual
      # g++ 12 sees overlaps in the making of strings that are not there (GCC bug 105651).
      $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>)
  endif()
  if(EDUPLAT_WERROR)
    set_target_properties(${target} PROPERTIES COMPILE_WARNING_AS_ERROR ON)
  endif()
  if(EDUPLAT_SANITIZE)
    # With sanitizers g++ warns of uninitialized reads that are not there; its manual says so too.
    target_compile_options(${target} PRIVATE -fsanitize=${EDUPLAT_SANITIZE} -fno-omit-frame-pointer
      $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
    target_link_options(${target} PRIVATE -fsanitize=${EDUPLAT_SANITIZE})
    if(EDUPLAT_SANITIZE MATCHES "undefined")
      target_compile_options(${target} PRIVATE -fno-sanitize-recover=undefined)
    endif()
  endif()
endfunction()

# eduplat_module(NAME [HEADERS ...] [SOURCES ...] [PUBLIC ...] [PRIVATE ...])
# One target a module, eduplat_NAME with the alias eduplat::NAME. HEADERS are public, relative to
# include/eduplat; PUBLIC are the modules its headers include; PRIVATE is what only its sources use:
# other modules, third-party libraries, and internal modules, whose objects it takes in.
function(eduplat_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "HEADERS;SOURCES;PUBLIC;PRIVATE")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "eduplat_module(${name}): unknown: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  set(target eduplat_${name})
  set(root ${PROJECT_SOURCE_DIR}/include)
  list(TRANSFORM arg_HEADERS PREPEND ${root}/eduplat/)

  set(scope PUBLIC)
  if(arg_SOURCES)
    add_library(${target} ${arg_SOURCES})
    eduplat_options(${target})
    eduplat_link_privately(${target} ${arg_PRIVATE})
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/src)
    set_target_properties(${target} PROPERTIES
      POSITION_INDEPENDENT_CODE ON
      WINDOWS_EXPORT_ALL_SYMBOLS ON
      DEFINE_SYMBOL ""
      INSTALL_RPATH "$<IF:$<PLATFORM_ID:Darwin>,@loader_path,$ORIGIN>"
      VERSION ${PROJECT_VERSION}
      SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
    if(BUILD_SHARED_LIBS AND NOT EDUPLAT_SANITIZE AND CMAKE_SYSTEM_NAME STREQUAL "Linux")
      target_link_options(${target} PRIVATE LINKER:--no-undefined) # a module names all it uses
    endif()
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

# eduplat_internal_module(NAME SOURCES ... [LIBS ...])
# A part that no host links: eduplat_NAME, alias eduplat::NAME, is an object library without public
# headers, neither installed nor exported. A module that names it in PRIVATE takes its objects in.
function(eduplat_internal_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "eduplat_internal_module(${name}): unknown: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  set(target eduplat_${name})
  add_library(${target} OBJECT ${arg_SOURCES})
  add_library(eduplat::${name} ALIAS ${target})
  eduplat_options(${target})
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(${target} PUBLIC ${arg_LIBS})
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON)
endfunction()

# Links libraries privately. Of an internal module it takes the objects and the libraries they need, so
# that the exported target does not name it.
function(eduplat_link_privately target)
  foreach(library IN LISTS ARGN)
    set(type "")
    if(TARGET ${library})
      get_target_property(aliased ${library} ALIASED_TARGET)
      if(aliased)
        set(library ${aliased})
      endif()
      get_target_property(type ${library} TYPE)
    endif()
    if(type STREQUAL "OBJECT_LIBRARY")
      target_sources(${target} PRIVATE $<TARGET_OBJECTS:${library}>)
      get_target_property(library ${library} INTERFACE_LINK_LIBRARIES)
      if(NOT library)
        set(library "")
      endif()
    endif()
    target_link_libraries(${target} PRIVATE ${library})
  endforeach()
endfunction()
