if(NOT TARGET eduplat_service_calls)
  return()
endif()

eduplat_test(concurrency_learning
  SOURCES learning_threads_test.cpp
  LIBS eduplat::service_calls eduplat::sqlite eduplat::test_support
  LABELS concurrency
  TIMEOUT 300)
