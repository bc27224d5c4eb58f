# CAIRN_SANITIZE and CAIRN_COVERAGE, for our own code only: instrumented grammars parse several times
# slower and show nothing about ours.
if(CAIRN_SANITIZE)
  target_compile_options(cairn_options INTERFACE
    -fsanitize=${CAIRN_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${CAIRN_SANITIZE})
  if(CAIRN_SANITIZE MATCHES "thread")
    # Asio's optional fences, which the thread sanitizer does not understand.
    target_compile_options(cairn_options INTERFACE -Wno-tsan)
    target_compile_definitions(cairn_options INTERFACE BOOST_ASIO_DISABLE_FENCED_BLOCK)
  endif()
endif()
if(CAIRN_COVERAGE)
  target_compile_options(cairn_options INTERFACE --coverage -fprofile-update=atomic)
  add_link_options(--coverage)
endif()
if(CAIRN_BUILD_FUZZ)
  # Coverage feedback for what the fuzzers call; their own sources add the driver.
  target_compile_options(cairn_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
