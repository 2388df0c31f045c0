if(NOT TARGET eduplat_service_calls OR NOT TARGET eduplat_sqlite)
  return()
endif()

eduplat_test(recommendations_test
  SOURCES
    recommendation_weights_test.cpp
    recommendations_cache_test.cpp
    recommendations_exclusions_test.cpp
    recommendations_reasons_test.cpp
    recommendations_training_test.cpp
    recommendations_upkeep_test.cpp
  LIBS eduplat::service_calls eduplat::sqlite eduplat::test_support
  LABELS unit)
