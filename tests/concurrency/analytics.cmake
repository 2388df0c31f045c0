eduplat_test(concurrency_analytics
  SOURCES analytics_threads_test.cpp
  LIBS eduplat::analytics eduplat::test_support
  LABELS concurrency
  TIMEOUT 300)
