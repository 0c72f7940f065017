{
  description = "A static linter that proves what Kubernetes network policies do";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixpkgs-unstable";

  outputs =
    { self, nixpkgs }:
    let
      systems = [
        "x86_64-linux"
        "aarch64-linux"
        "x86_64-darwin"
        "aarch64-darwin"
      ];
      forAllSystems = nixpkgs.lib.genAttrs systems;
      manifest = (builtins.fromTOML (builtins.readFile ./Cargo.toml)).package;
    in
    {
      packages = forAllSystems (
        system:
        let
          pkgs = nixpkgs.legacyPackages.${system};
        in
        {
          default = pkgs.rustPlatform.buildRustPackage {
            pname = manifest.name;
            inherit (manifest) version;
            src = self;
            cargoLock.lockFile = ./Cargo.lock;
            buildType = "dist";
            # The tests run in continuous integration; some need a terminal and the programs of its machines.
            doCheck = false;
            nativeBuildInputs = [ pkgs.installShellFiles ];
            postInstall = ''
              installShellCompletion --cmd netlint \
                --bash <($out/bin/netlint completions bash) \
                --fish <($out/bin/netlint completions fish) \
                --zsh <($out/bin/netlint completions zsh)
              $out/bin/netlint man >netlint.1
              installManPage netlint.1
            '';
            meta = {
              inherit (manifest) description;
              homepage = manifest.repository;
              license = with pkgs.lib.licenses; [
                asl20
                mit
              ];
              mainProgram = "netlint";
            };
          };
        }
      );
    };
}
