interface FileButtonProps {
  readonly text: string;
  readonly onFiles: (files: readonly File[]) => void;
  readonly multiple?: boolean;
  /** Whether the picture is taken with the camera, where there is one. */
  readonly camera?: boolean;
  /** Whether a folder is chosen, with all that is in it. */
  readonly folder?: boolean;
  /** Where the text alone does not say what it is for. */
  readonly label?: string;
}

/** Chooses pictures of this machine. */
export function FileButton({
  text,
  onFiles,
  multiple = false,
  camera = false,
  folder = false,
  label,
}: FileButtonProps) {
  const chosen = (event: Event) => {
    const field = event.currentTarget as HTMLInputElement;
    onFiles([...(field.files ?? [])]);
    // The same file can be chosen again.
    field.value = '';
  };
  return (
    <label class="button file-button">
      <input
        type="file"
        aria-label={label}
        multiple={multiple}
        {...(folder ? { webkitdirectory: true } : { accept: 'image/*' })}
        {...(camera && { capture: 'environment' as const })}
        onChange={chosen}
      />
      {text}
    </label>
  );
}
