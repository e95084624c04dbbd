# Emscripten's own toolchain file, from the installation that `node tools/setup.mjs` chose or, without one, from PATH.
include("${CMAKE_CURRENT_LIST_DIR}/../build/deps.cmake" OPTIONAL)
if(NOT EARSHOT_EMSCRIPTEN_ROOT)
  find_program(EARSHOT_EM_CONFIG em-config NO_CACHE)
  if(NOT EARSHOT_EM_CONFIG)
    message(FATAL_ERROR "Emscripten was not found. Run this once:  node tools/setup.mjs")
  endif()
  execute_process(COMMAND "${EARSHOT_EM_CONFIG}" EMSCRIPTEN_ROOT
                  OUTPUT_VARIABLE EARSHOT_EMSCRIPTEN_ROOT OUTPUT_STRIP_TRAILING_WHITESPACE)
endif()
include("${EARSHOT_EMSCRIPTEN_ROOT}/cmake/Modules/Platform/Emscripten.cmake")
