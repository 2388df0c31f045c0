eduplat_test(learning_rules_property_test
  SOURCES coverage_property_test.cpp progress_property_test.cpp seed.cpp
  LIBS eduplat::domain eduplat::core rapidcheck
  LABELS property)

if(NOT TARGET eduplat_service_calls OR NOT TARGET eduplat_sqlite)
  return()
endif()

eduplat_test(learning_property_test
  SOURCES
    learning_property_test.cpp seed.cpp
    ${PROJECT_SOURCE_DIR}/tests/unit/services/learning_fixture.cpp
  LIBS eduplat::service_calls eduplat::sqlite eduplat::test_support rapidcheck
  LABELS property
  TIMEOUT 300)
