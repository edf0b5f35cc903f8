import { useState } from 'preact/hooks';
import { TEXTS } from '../texts.ts';
import { CameraDialog } from './camera-dialog.tsx';
import { FileButton } from './file-button.tsx';

interface CameraButtonProps {
  readonly onFiles: (files: readonly File[]) => void;
  /** Where the text alone does not say what it is for. */
  readonly label?: string;
}

/**
 * Takes a photo: with the device’s own camera where fingers are what it is used with, else with a webcam in a dialog.
 * Nothing where there is neither, as on a page that did not come over HTTPS or from this machine.
 */
export function CameraButton({ onFiles, label }: CameraButtonProps) {
  const [isOpen, setIsOpen] = useState(false);
  const text = TEXTS.camera.open;
  if (matchMedia('(pointer: coarse)').matches)
    return <FileButton text={text} label={label ?? text} onFiles={onFiles} camera />;
  if (navigator.mediaDevices === undefined) return null;
  return (
    <>
      <button type="button" aria-label={label} onClick={() => setIsOpen(true)}>
        {text}
      </button>
      {isOpen && (
        <CameraDialog onPhoto={(photo) => onFiles([photo])} onClose={() => setIsOpen(false)} />
      )}
    </>
  );
}
