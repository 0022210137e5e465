{
  "targets": [
    {
      "target_name": "spikeline",
      "sources": [
        "kernel/augmentation.cpp",
        "kernel/class_scores.cpp",
        "kernel/clocked_network.cpp",
        "kernel/clocked_params.cpp",
        "kernel/clocked_state.cpp",
        "kernel/clocked_step.cpp",
        "kernel/drive.cpp",
        "kernel/drive_avx2.cpp",
        "kernel/drive_avx512.cpp",
        "kernel/drive_base.cpp",
        "kernel/event_convolution.cpp",
        "kernel/event_convolution_learning.cpp",
        "kernel/event_convolution_params.cpp",
        "kernel/event_drive.cpp",
        "kernel/event_drive_avx2.cpp",
        "kernel/event_drive_avx512.cpp",
        "kernel/event_drive_base.cpp",
        "kernel/event_frame.cpp",
        "kernel/exponential.cpp",
        "kernel/feature_bins.cpp",
        "kernel/feature_pool.cpp",
        "kernel/feature_rows.cpp",
        "kernel/inflated_time.cpp",
        "kernel/linear_readout.cpp",
        "kernel/linear_state.cpp",
        "kernel/poisson.cpp",
        "kernel/reward_readout.cpp",
        "kernel/reward_rules.cpp",
        "kernel/reward_state.cpp",
        "kernel/sparse_rows.cpp",
        "kernel/surface_learning.cpp",
        "kernel/surface_match.cpp",
        "kernel/surface_match_avx2.cpp",
        "kernel/surface_match_avx512.cpp",
        "kernel/surface_match_base.cpp",
        "kernel/surface_network.cpp",
        "kernel/surface_params.cpp",
        "kernel/synapses.cpp",
        "kernel/time_surface.cpp",
        "kernel/wave_convolution.cpp",
        "kernel/wave_encoder.cpp",
        "kernel/wave_learning.cpp",
        "kernel/wave_network.cpp",
        "kernel/wave_params.cpp",
        "kernel/wave_walk.cpp",
        "kernel/wave_walk_avx2.cpp",
        "kernel/wave_walk_avx512.cpp",
        "kernel/wave_walk_base.cpp",
        "addon/addon.cpp",
        "addon/arguments.cpp",
        "addon/clocked_network_wrap.cpp",
        "addon/event_convolution_wrap.cpp",
        "addon/feature_rows_wrap.cpp",
        "addon/linear_readout_wrap.cpp",
        "addon/readout_arguments.cpp",
        "addon/reward_readout_wrap.cpp",
        "addon/surface_network_wrap.cpp",
        "addon/wave_network_wrap.cpp"
      ],
      "include_dirs": ["<!(node -p \"require('node-addon-api').include_dir\")"],
      "defines": ["NAPI_VERSION=8", "NAPI_DISABLE_CPP_EXCEPTIONS", "NODE_ADDON_API_DISABLE_DEPRECATED",
        "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS"],
      "cflags!": ["-O2"],
      "cflags_cc!": ["-std=gnu++17", "-std=gnu++20", "-O2"],
      "cflags_cc": [
        "-std=c++20", "-O3", "-ffp-contract=off", "-fno-exceptions", "-fno-rtti", "-fvisibility=hidden",
        "-fstack-protector-strong", "-Wall", "-Wextra"
      ],
      "ldflags": ["-Wl,-z,relro,-z,now"],
      "conditions": [
        ["OS=='mac'", {
          "xcode_settings": {
            "CLANG_CXX_LANGUAGE_STANDARD": "c++20",
            "MACOSX_DEPLOYMENT_TARGET": "12.0",
            "OTHER_CPLUSPLUSFLAGS": ["-O3", "-ffp-contract=off", "-fno-exceptions", "-fno-rtti"]
          }
        }]
      ]
    }
  ]
}
