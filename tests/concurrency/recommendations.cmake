if(NOT TARGET eduplat_platform)
  return()
endif()

eduplat_test(concurrency_recommendations
  SOURCES recommendations_threads_test.cpp
  LIBS eduplat::eduplat eduplat::test_support
  LABELS concurrency
  TIMEOUT 300)
