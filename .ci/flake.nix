# The names of the flake's packages, with stand-ins for the parts of nixpkgs that it uses.
let
  nixpkgs = {
    lib.genAttrs =
      names: value:
      builtins.listToAttrs (
        map (name: {
          inherit name;
          value = value name;
        }) names
      );
    legacyPackages = nixpkgs.lib.genAttrs [ "x86_64-linux" "aarch64-linux" "x86_64-darwin" "aarch64-darwin" ] (_: {
      rustPlatform.buildRustPackage = package: package;
      installShellFiles = { };
      lib.licenses = {
        asl20 = { };
        mit = { };
      };
    });
  };
  outputs = (import ../flake.nix).outputs {
    inherit nixpkgs;
    self = ../.;
  };
in
builtins.mapAttrs (
  _: packages:
  with packages.default;
  assert meta.mainProgram == "netlint" && builtins.pathExists cargoLock.lockFile;
  "${pname}-${version}"
) outputs.packages
