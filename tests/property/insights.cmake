if(NOT TARGET eduplat_service_calls OR NOT TARGET eduplat_sqlite)
  return()
endif()

eduplat_test(insights_property_test
  SOURCES insights_property_test.cpp seed.cpp
  LIBS eduplat::service_calls eduplat::sqlite eduplat::test_support rapidcheck
  LABELS property
  TIMEOUT 300)
