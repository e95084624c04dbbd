# Included by libopus's own CMakeLists.txt through CMAKE_PROJECT_INCLUDE: adds its AVX2 files, which its tests of the compiler
# rule out for WebAssembly, with the intrinsics of immintrin.h beside this file.
set(earshot_opus_dir "${CMAKE_CURRENT_LIST_DIR}")

function(earshot_add_avx2_files)
  target_sources(opus PRIVATE silk/x86/NSQ_del_dec_avx2.c silk/float/x86/inner_product_FLP_avx2.c celt/x86/pitch_avx.c)
  target_compile_definitions(opus PRIVATE OPUS_X86_MAY_HAVE_AVX2 OPUS_X86_PRESUME_AVX2)
  target_include_directories(opus BEFORE PRIVATE "${earshot_opus_dir}")
  if(OPUS_DNN)
    target_sources(opus PRIVATE "${earshot_opus_dir}/nnet_wasm.c")
  endif()
endfunction()

cmake_language(DEFER CALL earshot_add_avx2_files)
