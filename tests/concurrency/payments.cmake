if(NOT TARGET eduplat_service_calls OR NOT TARGET eduplat_sqlite)
  return()
endif()

# EDUPLAT_SEAT_ROUNDS=200 unless told otherwise.
eduplat_test(concurrency_payments
  SOURCES payments_threads_test.cpp
  LIBS eduplat::service_calls eduplat::sqlite eduplat::test_support
  LABELS concurrency
  TIMEOUT 600)
