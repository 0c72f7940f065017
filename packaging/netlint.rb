class Netlint < Formula
  desc "Static linter that proves what Kubernetes network policies do"
  homepage "https://github.com/netlint/netlint"
  version "@version@"
  license any_of: ["Apache-2.0", "MIT"]

  on_macos do
    on_arm do
      url "https://github.com/netlint/netlint/releases/download/v@version@/netlint-@version@-aarch64-apple-darwin.tar.gz"
      sha256 "@sha256 aarch64-apple-darwin@"
    end
    on_intel do
      url "https://github.com/netlint/netlint/releases/download/v@version@/netlint-@version@-x86_64-apple-darwin.tar.gz"
      sha256 "@sha256 x86_64-apple-darwin@"
    end
  end

  on_linux do
    on_arm do
      url "https://github.com/netlint/netlint/releases/download/v@version@/netlint-@version@-aarch64-unknown-linux-musl.tar.gz"
      sha256 "@sha256 aarch64-unknown-linux-musl@"
    end
    on_intel do
      url "https://github.com/netlint/netlint/releases/download/v@version@/netlint-@version@-x86_64-unknown-linux-musl.tar.gz"
      sha256 "@sha256 x86_64-unknown-linux-musl@"
    end
  end

  def install
    bin.install "netlint"
    generate_completions_from_executable(bin/"netlint", "completions")
    (man1/"netlint.1").write Utils.safe_popen_read(bin/"netlint", "man")
  end

  test do
    (testpath/"policy.yaml").write <<~YAML
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: deny, namespace: shop}
      spec: {podSelector: {}, policyTypes: [Egress], ingress: [{}]}
    YAML
    assert_match "ignored-rules", shell_output("#{bin}/netlint policy.yaml", 1)
  end
end
