# Finds libzip and defines the imported target libzip::zip. Debian's own package file of libzip asks for
# programs that its development package does not bring.
find_path(libzip_INCLUDE_DIR NAMES zip.h)
find_path(libzip_CONFIG_INCLUDE_DIR NAMES zipconf.h HINTS ${libzip_INCLUDE_DIR})
find_library(libzip_LIBRARY NAMES zip)
mark_as_advanced(libzip_INCLUDE_DIR libzip_CONFIG_INCLUDE_DIR libzip_LIBRARY)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(libzip
  REQUIRED_VARS libzip_LIBRARY libzip_INCLUDE_DIR libzip_CONFIG_INCLUDE_DIR)

if(libzip_FOUND AND NOT TARGET libzip::zip)
  add_library(libzip::zip UNKNOWN IMPORTED)
  set_target_properties(libzip::zip PROPERTIES
    IMPORTED_LOCATION "${libzip_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${libzip_INCLUDE_DIR};${libzip_CONFIG_INCLUDE_DIR}")
endif()
