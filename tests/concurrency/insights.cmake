if(NOT TARGET eduplat_platform)
  return()
endif()

eduplat_test(concurrency_insights
  SOURCES insights_threads_test.cpp
  LIBS eduplat::eduplat eduplat::testing eduplat::test_support
  LABELS concurrency
  TIMEOUT 300)
