if(NOT TARGET eduplat_service_calls OR NOT TARGET eduplat_sqlite)
  return()
endif()

# EDUPLAT_PAYMENT_HISTORIES=100000 ctest --preset dev -R payment_property   for all histories; 1,000
# unless told.
eduplat_test(payment_property_test
  SOURCES payment_property_test.cpp
  LIBS eduplat::service_calls eduplat::sqlite eduplat::test_support rapidcheck
  LABELS property
  TIMEOUT 3600)
