if(NOT TARGET eduplat_service_calls OR NOT TARGET eduplat_sqlite)
  return()
endif()

eduplat_test(enrollments_test
  SOURCES
    enrollment_core_test.cpp
    enrollments_access_test.cpp
    enrollments_import_test.cpp
    enrollments_reading_test.cpp
    enrollments_seats_test.cpp
    enrollments_test.cpp
  LIBS eduplat::service_calls eduplat::sqlite eduplat::test_support
  LABELS unit)
