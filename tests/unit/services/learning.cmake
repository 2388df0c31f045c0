if(NOT TARGET eduplat_service_calls OR NOT TARGET eduplat_sqlite)
  return()
endif()

eduplat_test(learning_test
  SOURCES
    learning_course_test.cpp
    learning_fixture.cpp
    learning_import_test.cpp
    learning_record_test.cpp
  LIBS eduplat::service_calls eduplat::sqlite eduplat::test_support
  LABELS unit)
