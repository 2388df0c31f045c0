if(NOT TARGET eduplat_service_calls OR NOT TARGET eduplat_sqlite)
  return()
endif()

eduplat_test(authorization_property_test
  SOURCES access_property_test.cpp authorization_property_test.cpp seed.cpp
  LIBS eduplat::service_calls eduplat::sqlite rapidcheck
  LABELS property
  TIMEOUT 300)
