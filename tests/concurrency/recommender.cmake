eduplat_test(concurrency_recommender
  SOURCES recommender_threads_test.cpp
  LIBS eduplat::recommender eduplat::test_support
  LABELS concurrency
  TIMEOUT 300)
