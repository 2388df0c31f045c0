if(NOT TARGET eduplat_service_calls OR NOT TARGET eduplat_sqlite)
  return()
endif()

eduplat_test(payments_test
  SOURCES
    payments_asking_test.cpp
    payments_attempts_test.cpp
    payments_buyers_test.cpp
    payments_checkout_test.cpp
    payments_deliveries_test.cpp
    payments_facts_test.cpp
    payments_options_test.cpp
    payments_reading_test.cpp
    payments_refunds_test.cpp
  LIBS eduplat::service_calls eduplat::sqlite eduplat::test_support
  LABELS unit)
