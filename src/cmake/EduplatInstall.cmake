# Installs the modules, their headers and a package that find_package(eduplat) reads.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

get_property(modules GLOBAL PROPERTY EDUPLAT_MODULES)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/eduplat)

install(TARGETS ${modules} EXPORT eduplatTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR}
  FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT eduplatTargets NAMESPACE eduplat:: DESTINATION ${package_dir})

configure_package_config_file(${PROJECT_SOURCE_DIR}/src/cmake/eduplatConfig.cmake.in
  ${PROJECT_BINARY_DIR}/eduplatConfig.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/eduplatConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES
  ${PROJECT_BINARY_DIR}/eduplatConfig.cmake
  ${PROJECT_BINARY_DIR}/eduplatConfigVersion.cmake
  ${PROJECT_SOURCE_DIR}/src/cmake/EduplatDependencies.cmake
  ${PROJECT_SOURCE_DIR}/src/cmake/Findlibzip.cmake
  ${PROJECT_SOURCE_DIR}/src/cmake/Findsodium.cmake
  ${PROJECT_SOURCE_DIR}/src/cmake/Findutf8proc.cmake
  DESTINATION ${package_dir})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE
  DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/eduplat)
